-- 1 worker, 2 now, 3 queue, 4 rank, 5 due, 6 seq
INSERT INTO millrace_lease (seq, attempt, token, lost, worker, started_at, error)
SELECT seq, attempt + 1, token + 1, lost, ?, ?, error FROM millrace_waiting
WHERE queue = ? AND rank = ? AND due_at = ? AND seq = ?
