-- The latest lines, oldest first. 1 id, 2 limit
SELECT coalesce(json_agg(l ORDER BY l.line), '[]')::text AS rows FROM (
  SELECT * FROM millrace.log WHERE seq = (SELECT seq FROM millrace.job WHERE id = $1::text) ORDER BY line DESC LIMIT $2::bigint) AS l
