SELECT attempt, outcome, worker, started_at, finished_at, error FROM millrace_attempt WHERE seq = ? ORDER BY token
