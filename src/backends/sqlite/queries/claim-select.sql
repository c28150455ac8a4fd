-- The next due jobs of one queue and priority, in the index's own order.
-- 1 queue, 2 priority, 3 now, 4 limit
SELECT seq, id, task, state, payload, version, attempt, max_attempts, token, created_at, due_at, expires_at, options
FROM millrace_job INDEXED BY millrace_job_waiting
WHERE state <= 2 AND queue = ? AND priority = ? AND due_at <= ?
ORDER BY due_at, seq LIMIT ?
