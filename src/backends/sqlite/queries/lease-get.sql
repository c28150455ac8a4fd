-- The current attempt of a job, where it is the one with this token. 1 seq, 2 token
SELECT l.seq, j.queue, j.priority, j.due_at, 4 AS state, l.attempt, l.token, l.lost, l.worker, l.started_at, NULL AS finished_at, l.error
FROM millrace_lease AS l JOIN millrace_job AS j ON j.seq = l.seq WHERE l.seq = ? AND l.token = ?
