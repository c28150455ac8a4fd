-- 1 name
DELETE FROM millrace_schedule WHERE name = ?
