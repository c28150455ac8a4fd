-- Who holds the key, if anybody still does. 1 key, 2 now
SELECT u.id, j.seq, j.state, j.due_at, j.queue FROM millrace_unique AS u JOIN millrace_job AS j ON j.id = u.id
WHERE u.key = ? AND (u.until > ? OR (u.states >> j.state) & 1)
