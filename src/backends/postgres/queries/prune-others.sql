-- The same for failed and cancelled ones. 1 seq, 2 limit, 3 state
SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.ended WHERE state = $3::smallint AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint) AS r
