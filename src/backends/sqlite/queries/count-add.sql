-- 1 queue, 2 state, 3 difference
INSERT INTO millrace_count (queue, state, n) VALUES (?, ?, ?)
ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n
