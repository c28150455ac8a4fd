-- 1 due, 2 seq, 3 token
UPDATE millrace_job SET state = 0, due_at = ?, attempt = attempt - 1
WHERE seq = ? AND token = ? AND state = 4
