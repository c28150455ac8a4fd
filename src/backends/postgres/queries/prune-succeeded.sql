-- Succeeded jobs from a place on, in the order in which they were stored. 1 seq, 2 limit
SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.run WHERE seq > $1::bigint AND state = 5 ORDER BY seq LIMIT $2::bigint) AS r
