-- Who holds the key, if anybody still does: a job that expired while it waited does not. 1 key, 2 now, 3 now
SELECT r.id, r.seq, r.queue, r.priority, r.due_at, r.state, r.attempt, r.token, r.lost, r.worker, r.started_at, r.finished_at, r.error, r.expires_at
FROM millrace_unique AS u CROSS JOIN millrace_record AS r ON r.seq = u.seq
WHERE u.key = ? AND (u.until > ? OR ((u.states >> r.state) & 1 AND NOT (r.state <= 2 AND coalesce(r.expires_at <= ?, 0))))
