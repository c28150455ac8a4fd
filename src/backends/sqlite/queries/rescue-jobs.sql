-- 1 worker, 2 limit
SELECT l.seq, j.id, j.task, j.queue, j.priority, j.due_at, j.max_attempts, 4 AS state, l.attempt, l.token, l.lost, l.worker, l.started_at, NULL AS finished_at,
  l.error, l.begun
FROM millrace_lease AS l JOIN millrace_job AS j ON j.seq = l.seq WHERE l.worker = ? LIMIT ?
