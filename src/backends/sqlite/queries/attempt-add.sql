-- 1 seq, 2 token, 3 attempt, 4 outcome, 5 worker, 6 started, 7 finished, 8 error
INSERT INTO millrace_attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
