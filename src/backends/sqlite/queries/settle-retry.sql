-- 1 due, 2 error, 3 seq, 4 token
UPDATE millrace_job SET state = 2, due_at = ?, error = ?
WHERE seq = ? AND token = ? AND state = 4
