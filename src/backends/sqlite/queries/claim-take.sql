-- 1 worker, 2 now, 3 JSON array of seq
UPDATE millrace_job SET state = 4, attempt = attempt + 1, token = token + 1, worker = ?, started_at = ?, progress = NULL
WHERE seq IN (SELECT value FROM json_each(?))
