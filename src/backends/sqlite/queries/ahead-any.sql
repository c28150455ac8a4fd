-- 1 now
SELECT 1 FROM millrace_waiting WHERE state = 1 AND due_at > ? LIMIT 1
