-- The earliest first.
-- 1 now, 2 limit
SELECT revision, body FROM millrace_schedule
WHERE paused = 0 AND next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?
