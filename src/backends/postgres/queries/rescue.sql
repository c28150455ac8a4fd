-- 1 quarantine after
SELECT millrace.rescue($1::integer) AS rows, millrace.now_ms()::text AS now,
  (SELECT max(seen_at) FROM millrace.worker)::text AS seen
