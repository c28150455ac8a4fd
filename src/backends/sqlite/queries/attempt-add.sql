-- Records the attempt that just ended, from the job's own row. Run before the row changes.
-- 1 outcome, 2 now, 3 error, 4 seq, 5 token
INSERT OR IGNORE INTO millrace_attempt (outcome, finished_at, error, seq, token, attempt, worker, started_at)
SELECT ?, ?, ?, seq, token, attempt, worker, started_at FROM millrace_job WHERE seq = ? AND token = ? AND state = 4
