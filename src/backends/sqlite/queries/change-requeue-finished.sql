-- 1 now, 2 seq
UPDATE millrace_job SET state = 1, due_at = ?, attempt = 0, lost = 0, finished_at = NULL, result = NULL, reason = NULL,
  error = NULL, progress = NULL
WHERE seq = ?
