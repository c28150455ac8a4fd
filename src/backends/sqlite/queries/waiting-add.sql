INSERT INTO millrace_waiting (queue, rank, due_at, seq, state, attempt, token, lost, worker, started_at, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
