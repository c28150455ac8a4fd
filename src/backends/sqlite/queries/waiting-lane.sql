-- The first waiting job of the next lane, which is a queue and a rank: one step of a walk over the lanes alone.
-- 1 queue, 2 rank of the lane before
SELECT queue, rank, due_at FROM millrace_waiting WHERE (queue, rank) > (?, ?) ORDER BY queue, rank, due_at LIMIT 1
