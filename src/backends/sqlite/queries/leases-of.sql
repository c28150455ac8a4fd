-- What a worker holds. 1 worker
SELECT l.seq, j.queue, j.priority, j.due_at, 4 AS state, l.attempt, l.token, l.lost, l.worker, l.started_at, NULL AS finished_at, l.error, j.id
FROM millrace_lease AS l JOIN millrace_job AS j ON j.seq = l.seq WHERE l.worker = ?
