-- 1 names
SELECT coalesce(json_agg(json_build_array(revision, body)), '[]')::text AS rows FROM millrace.schedule
WHERE name = ANY ($1::text[])
