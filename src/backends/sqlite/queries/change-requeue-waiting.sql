-- 1 now, 2 seq
UPDATE millrace_job SET state = 1, due_at = ? WHERE seq = ?
