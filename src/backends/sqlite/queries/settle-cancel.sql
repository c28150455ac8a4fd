-- 1 now, 2 reason, 3 error, 4 seq, 5 token
UPDATE millrace_job SET state = 7, finished_at = ?, reason = ?, error = coalesce(?, error)
WHERE seq = ? AND token = ? AND state = 4
