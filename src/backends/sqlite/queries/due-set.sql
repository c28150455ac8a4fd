-- 1 due, 2 seq
UPDATE millrace_job SET due_at = ? WHERE seq = ?
