-- 1 quarantine after
SELECT millrace.rescue($1::integer) AS rows
