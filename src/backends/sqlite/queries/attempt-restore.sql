INSERT INTO millrace_attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
