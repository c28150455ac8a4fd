-- 1 limit
SELECT revision, body FROM millrace_schedule
WHERE paused = 0 AND held_at IS NOT NULL ORDER BY held_at LIMIT ?
