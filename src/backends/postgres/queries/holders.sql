-- 1 keys
SELECT coalesce(json_agg(j.id ORDER BY k.n), '[]')::text AS rows
FROM unnest($1::text[]) WITH ORDINALITY AS k (key, n)
LEFT JOIN millrace.job AS j ON j.seq = millrace.holder(k.key, millrace.now_ms())
