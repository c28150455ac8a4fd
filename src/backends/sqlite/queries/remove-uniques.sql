-- 1 JSON array of seq
DELETE FROM millrace_unique WHERE seq IN (SELECT value FROM json_each(?))
