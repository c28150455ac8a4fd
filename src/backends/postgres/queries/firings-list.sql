-- The latest first.
-- 1 schedule, 2 number before which (null: the latest), 3 limit
SELECT coalesce(json_agg(json_build_array(n, due_at, at, outcome, manual, count, job_id) ORDER BY n DESC), '[]')::text AS rows
FROM (SELECT * FROM millrace.firing WHERE schedule = $1::text AND ($2::bigint IS NULL OR n < $2::bigint)
  ORDER BY n DESC LIMIT $3::bigint) AS f
