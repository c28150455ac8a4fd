-- 1 state, 2 due, 3 seq
UPDATE millrace_job SET state = ?, due_at = ? WHERE seq = ?
