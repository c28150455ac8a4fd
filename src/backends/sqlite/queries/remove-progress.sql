-- 1 JSON array of seq
DELETE FROM millrace_progress WHERE seq IN (SELECT value FROM json_each(?))
