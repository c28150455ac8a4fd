-- 1 now, 2 reason, 3 error, 4 attempts to take back, 5 seq, 6 token
UPDATE millrace_job SET state = 6, finished_at = ?, reason = ?, error = ?, attempt = attempt - ?
WHERE seq = ? AND token = ? AND state = 4
