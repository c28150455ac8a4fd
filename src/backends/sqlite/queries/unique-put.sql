-- 1 key, 2 id, 3 until, 4 states
INSERT INTO millrace_unique (key, id, until, states) VALUES (?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET id = excluded.id, until = excluded.until, states = excluded.states
