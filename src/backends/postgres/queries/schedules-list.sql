-- 1 name after which, 2 limit
SELECT coalesce(json_agg(json_build_array(revision, body)), '[]')::text AS rows FROM (
  SELECT revision, body FROM millrace.schedule WHERE name > $1::text ORDER BY name LIMIT $2::bigint) AS s
