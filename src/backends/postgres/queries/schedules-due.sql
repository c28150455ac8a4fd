-- The earliest first.
-- 1 limit
WITH clock AS MATERIALIZED (SELECT millrace.now_ms() AS now)
SELECT json_build_object(
  'now', now,
  'next', (SELECT min(next_at) FROM millrace.schedule WHERE NOT paused AND next_at IS NOT NULL AND next_at > now),
  'due', (SELECT json_agg(json_build_array(revision, body)) FROM (
    SELECT revision, body FROM millrace.schedule
    WHERE NOT paused AND next_at IS NOT NULL AND next_at <= now ORDER BY next_at LIMIT $1::bigint) AS d),
  'held', (SELECT json_agg(json_build_array(revision, body)) FROM (
    SELECT revision, body FROM millrace.schedule
    WHERE NOT paused AND held_at IS NOT NULL ORDER BY held_at LIMIT $1::bigint) AS h)
)::text AS rows FROM clock
