-- 1 seq, 2 token
UPDATE millrace_job SET state = 1, attempt = attempt - 1
WHERE seq = ? AND token = ? AND state = 4
