-- Whether a pending job, or one that could be given back, is due ahead of now.
-- 1, 2 now
SELECT 1 FROM millrace_waiting WHERE state = 1 AND due_at > ?
UNION ALL
SELECT 1 FROM millrace_lease AS l CROSS JOIN millrace_job AS j ON j.seq = l.seq WHERE j.due_at > ?
LIMIT 1
