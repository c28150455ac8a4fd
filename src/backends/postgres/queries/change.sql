-- 1 correction, 2 ids, 3 due time, 4 reason
SELECT millrace.change($1::text, $2::text[], $3::bigint, $4::text) AS rows
