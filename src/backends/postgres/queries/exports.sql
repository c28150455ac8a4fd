-- Jobs with all that is kept with them, of one moment. 1 ids
SELECT CASE WHEN r.seq IS NULL THEN NULL ELSE json_build_object(
  'row', row_to_json(r),
  'attempts', (SELECT json_agg(a ORDER BY a.token) FROM millrace.attempt AS a WHERE a.seq = r.seq),
  'logs', (SELECT json_agg(l ORDER BY l.line) FROM millrace.log AS l WHERE l.seq = r.seq),
  'checkpoints', (SELECT json_agg(c) FROM millrace.checkpoint AS c WHERE c.seq = r.seq),
  'key', (SELECT row_to_json(u) FROM millrace.unique_key AS u WHERE u.seq = r.seq LIMIT 1))::text END AS row
FROM unnest($1::text[]) WITH ORDINALITY AS i (id, n) LEFT JOIN LATERAL (SELECT * FROM millrace.record WHERE id = i.id) AS r ON true
ORDER BY i.n
