-- 1 queue, 2 state, 3 difference, 4 difference, or 0 where it is negative
INSERT INTO millrace_count (queue, state, n, entered) VALUES (?, ?, ?, ?)
ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n, entered = entered + excluded.entered
