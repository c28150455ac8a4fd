-- Keeps the latest ones.
-- 1 schedule, 2 how many
DELETE FROM millrace.firing WHERE schedule = $1::text AND n <= (
  SELECT n FROM millrace.firing WHERE schedule = $1::text ORDER BY n DESC LIMIT 1 OFFSET $2::bigint)
