-- Jobs in the order asked for, as JSON; null where there is none. 1 ids
SELECT CASE WHEN r.seq IS NULL THEN NULL ELSE row_to_json(r)::text END AS row
FROM unnest($1::text[]) WITH ORDINALITY AS i (id, n) LEFT JOIN LATERAL (SELECT * FROM millrace.record WHERE id = i.id) AS r ON true
ORDER BY i.n
