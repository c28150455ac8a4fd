-- 1 worker, 2 limit
SELECT seq, id, task, queue, attempt, max_attempts, token, lost FROM millrace_job INDEXED BY millrace_job_active
WHERE state = 4 AND worker = ? LIMIT ?
