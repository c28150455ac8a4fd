-- 1 name
SELECT revision, body FROM millrace_schedule WHERE name = ?
