-- 1 now
SELECT min(next_at) AS next FROM millrace_schedule WHERE paused = 0 AND next_at IS NOT NULL AND next_at > ?
