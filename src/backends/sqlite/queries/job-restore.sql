INSERT INTO millrace_job (id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at, options)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
