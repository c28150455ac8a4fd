-- 1 key, 2 until, 3 states, 4 job id
INSERT INTO millrace_unique (key, until, states, seq) SELECT ?, ?, ?, seq FROM millrace_job WHERE id = ?
ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, until = excluded.until, states = excluded.states
