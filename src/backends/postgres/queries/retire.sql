-- Takes a worker off the register, and what was still to be told to it. 1 worker
WITH told AS (DELETE FROM millrace.command WHERE worker = $1::text)
DELETE FROM millrace.worker WHERE id = $1::text
