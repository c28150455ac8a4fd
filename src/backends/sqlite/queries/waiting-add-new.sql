-- Jobs that were just stored wait. 1 now, 2 seq (those after it)
INSERT INTO millrace_waiting (queue, rank, due_at, seq, state, attempt, token, lost)
SELECT queue, -priority, due_at, seq, due_at <= ?, 0, 0, 0 FROM millrace_job WHERE seq > ?
