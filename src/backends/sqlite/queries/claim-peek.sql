-- The best waiting priority of a queue below a bound, and the earliest due time within it.
-- 1 queue, 2 priority (exclusive bound)
SELECT priority, due_at FROM millrace_job INDEXED BY millrace_job_waiting
WHERE state <= 2 AND queue = ? AND priority < ?
ORDER BY priority DESC, due_at LIMIT 1
