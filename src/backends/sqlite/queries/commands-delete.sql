-- 1 worker, 2 last command taken
DELETE FROM millrace_command WHERE worker = ? AND n <= ?
