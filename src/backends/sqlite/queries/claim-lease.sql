-- Leases the same jobs that claim-select found. 1 token, 2 worker, 3 now, 4 queue, 5 rank, 6 and 7 due time and seq of the last one
INSERT INTO millrace_lease (seq, attempt, token, lost, worker, started_at, error)
SELECT seq, attempt + 1, ?, lost, ?, ?, error FROM millrace_waiting
WHERE queue = ? AND rank = ? AND (due_at, seq) <= (?, ?)
