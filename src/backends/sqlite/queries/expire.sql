-- 1 now, 2 JSON array of seq
UPDATE millrace_job SET state = 7, reason = 'expired', finished_at = ?
WHERE seq IN (SELECT value FROM json_each(?))
