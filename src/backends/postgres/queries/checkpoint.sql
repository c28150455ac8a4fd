-- 1 what to do, 2 job id, 3 token, 4 key, 5 value
SELECT millrace.checkpoint($1::text, $2::text, $3::bigint, $4::text, $5::text) AS known
