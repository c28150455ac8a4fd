-- 1 token, 2 worker, 3 now, 4 queue, 5 rank, 6 due, 7 seq
INSERT INTO millrace_lease (seq, attempt, token, lost, worker, started_at, error)
SELECT seq, attempt + 1, ?, lost, ?, ?, error FROM millrace_waiting
WHERE queue = ? AND rank = ? AND due_at = ? AND seq = ?
