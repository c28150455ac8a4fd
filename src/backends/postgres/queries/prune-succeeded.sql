-- Succeeded jobs from a place on, in the order in which they were stored. 1 seq, 2 limit
SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.succeeded WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint) AS r
