-- What was still to be told to workers that are not registered any more.
DELETE FROM millrace_command WHERE worker NOT IN (SELECT id FROM millrace_worker)
