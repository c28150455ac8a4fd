-- The latest first.
-- 1 schedule, 2 number before which, 3 limit
SELECT n, due_at, at, outcome, manual, count, job_id FROM millrace_firing
WHERE schedule = ? AND n < ? ORDER BY n DESC LIMIT ?
