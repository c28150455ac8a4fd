-- 1 worker, 2 lease in ms, 3 info
SELECT millrace.heartbeat($1::text, $2::bigint, $3::text) AS kept
