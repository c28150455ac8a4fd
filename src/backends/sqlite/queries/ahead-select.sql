-- Pending jobs whose due time is ahead of now: the clock was set back. Reads past every scheduled one.
-- 1 queue, 2 now, 3 limit
SELECT w.seq, j.id, j.task, w.state, j.payload, j.version, w.attempt, j.max_attempts, j.created_at, w.due_at,
  j.expires_at, j.options, w.lost, w.rank
FROM millrace_waiting AS w CROSS JOIN millrace_job AS j ON j.seq = w.seq
WHERE w.queue = ? AND w.due_at > ? AND w.state = 1
ORDER BY w.rank, w.due_at, w.seq LIMIT ?
