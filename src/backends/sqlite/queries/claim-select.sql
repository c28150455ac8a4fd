-- The next due jobs of one queue and rank, in the key's own order.
-- 1 queue, 2 rank, 3 now, 4 limit
SELECT w.seq, j.id, j.task, w.state, j.payload, j.version, w.attempt, j.max_attempts, j.created_at, w.due_at,
  j.expires_at, j.options, w.lost
FROM millrace_waiting AS w CROSS JOIN millrace_job AS j ON j.seq = w.seq
WHERE w.queue = ? AND w.rank = ? AND w.due_at <= ?
ORDER BY w.due_at, w.seq LIMIT ?
