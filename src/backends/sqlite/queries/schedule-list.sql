-- 1 name after which, 2 limit
SELECT revision, body FROM millrace_schedule WHERE name > ? ORDER BY name LIMIT ?
