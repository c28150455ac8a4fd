INSERT INTO millrace_finished (seq, state, attempt, token, lost, worker, started_at, finished_at, result, reason, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
