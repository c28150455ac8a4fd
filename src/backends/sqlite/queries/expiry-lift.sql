-- Whoever runs a job again means it. 1 seq, 2 now
UPDATE millrace_job SET expires_at = NULL WHERE seq = ? AND expires_at <= ?
