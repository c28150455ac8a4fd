-- The best waiting rank of a queue above a bound, and the earliest due time within it.
-- 1 queue, 2 rank (exclusive bound)
SELECT rank, due_at FROM millrace_waiting WHERE queue = ? AND rank > ? ORDER BY rank, due_at LIMIT 1
