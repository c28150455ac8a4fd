-- 1 now, 2 result, 3 seq, 4 token
UPDATE millrace_job SET state = 5, finished_at = ?, result = ?, error = NULL
WHERE seq = ? AND token = ? AND state = 4
