-- 1 JSON array of seq
DELETE FROM millrace_finished WHERE seq IN (SELECT value FROM json_each(?))
