-- Answers the names that were there.
-- 1 names
WITH gone AS (DELETE FROM millrace.schedule WHERE name = ANY ($1::text[]) RETURNING name),
  history AS (DELETE FROM millrace.firing WHERE schedule = ANY ($1::text[]))
SELECT coalesce(json_agg(name), '[]')::text AS rows FROM gone
