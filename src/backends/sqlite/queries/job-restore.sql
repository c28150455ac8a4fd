INSERT INTO millrace_job (id, task, queue, state, priority, due_at, created_at, version, attempt, max_attempts, lost, payload,
  expires_at, options, worker, started_at, finished_at, result, reason, error, progress)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
