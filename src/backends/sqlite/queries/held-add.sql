INSERT INTO millrace_held (seq, attempt, token, lost, worker, started_at, error) VALUES (?, ?, ?, ?, ?, ?, ?)
