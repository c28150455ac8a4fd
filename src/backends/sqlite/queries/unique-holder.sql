-- Who holds the key, if anybody still does. 1 key, 2 now
SELECT r.id, r.seq, r.queue, r.priority, r.due_at, r.state, r.attempt, r.token, r.lost, r.worker, r.started_at, r.error
FROM millrace_unique AS u CROSS JOIN millrace_record AS r ON r.id = u.id
WHERE u.key = ? AND (u.until > ? OR (u.states >> r.state) & 1)
