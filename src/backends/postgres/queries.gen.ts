/** Generated from queries/*.sql by `npm run sql`: edit those files instead. */
export const queries = Object.freeze({
  applied: `SELECT coalesce(max(version), 0) AS version FROM millrace.migration`,
  change: `SELECT millrace.change($1::text, $2::text[], $3::bigint, $4::text) AS rows`,
  checkpoint: `SELECT millrace.checkpoint($1::text, $2::text, $3::bigint, $4::text, $5::text) AS known`,
  commandAdd: `INSERT INTO millrace.command (worker, command) VALUES ($1::text, $2::text)`,
  commandsTake: `WITH taken AS (DELETE FROM millrace.command WHERE worker = $1::text RETURNING n, command)
SELECT coalesce(json_agg(command ORDER BY n), '[]')::text AS rows FROM taken`,
  counts: `SELECT json_build_object('pending', (SELECT count(*) FROM millrace.count_change), 'rows',
  (SELECT coalesce(json_agg(json_build_array(c.queue, c.state, c.n) ORDER BY c.queue, c.state), '[]') FROM (
    SELECT queue, state, sum(n) AS n FROM (
      SELECT queue, state, n FROM millrace.count UNION ALL SELECT queue, state, n FROM millrace.count_change) AS a
    GROUP BY queue, state HAVING sum(n) <> 0) AS c))::text AS counts`,
  enqueueEach: `SELECT millrace.enqueue_each($1::text[], $2::text[], $3::smallint[], $4::integer[], $5::integer[], $6::text[],
  $7::text[], $8::integer[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[],
  $15::text[], $16::text[], $17::bigint[], $18::integer[], $19::text[]) AS outcomes`,
  enqueue: `SELECT array_to_json(millrace.enqueue($1::text[], $2::text[], $3::smallint[], $4::integer[], $5::integer[], $6::text[],
  $7::text[], $8::integer[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[],
  $15::text[], $16::boolean))::text AS stored, transaction_timestamp() = statement_timestamp() AS alone`,
  exchange: `SELECT array_to_json(e.settled)::text AS settled, e.claims, e.jobs FROM millrace.exchange($1::text, $2::bigint[], $3::bigint[],
  $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::integer[], $9::bigint[], $10::text[], $11::text[], $12::bigint[],
  $13::text[], $14::integer[], $15::integer, $16::text[], $17::smallint[], $18::bigint[], $19::bigint[]) AS e`,
  exports: `SELECT CASE WHEN r.seq IS NULL THEN NULL ELSE json_build_object(
  'row', row_to_json(r),
  'attempts', (SELECT json_agg(a ORDER BY a.token) FROM millrace.attempt AS a WHERE a.seq = r.seq),
  'logs', (SELECT json_agg(l ORDER BY l.line) FROM millrace.log AS l WHERE l.seq = r.seq),
  'checkpoints', (SELECT json_agg(c) FROM millrace.checkpoint AS c WHERE c.seq = r.seq),
  'key', (SELECT row_to_json(u) FROM millrace.unique_key AS u WHERE u.seq = r.seq LIMIT 1))::text END AS row
FROM unnest($1::text[]) WITH ORDINALITY AS i (id, n) LEFT JOIN LATERAL (SELECT * FROM millrace.record WHERE id = i.id) AS r ON true
ORDER BY i.n`,
  fold: `SELECT millrace.fold_counts()`,
  heartbeat: `SELECT millrace.heartbeat($1::text, $2::bigint, $3::text) AS kept`,
  holders: `SELECT coalesce(json_agg(j.id ORDER BY k.n), '[]')::text AS rows
FROM unnest($1::text[]) WITH ORDINALITY AS k (key, n)
LEFT JOIN millrace.job AS j ON j.seq = millrace.holder(k.key, millrace.now_ms())`,
  info: `SELECT json_build_object('version', current_setting('server_version'), 'database', current_database(),
  'now', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
  'bytes', (SELECT sum(pg_relation_size(c.oid)) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1::text AND c.relkind IN ('r', 'i', 't')),
  'synchronous', current_setting('synchronous_commit'))::text AS info`,
  keysRelease: `DELETE FROM millrace.unique_key WHERE key = ANY ($1::text[])`,
  logs: `SELECT coalesce(json_agg(l ORDER BY l.line), '[]')::text AS rows FROM (
  SELECT * FROM millrace.log WHERE seq = (SELECT seq FROM millrace.job WHERE id = $1::text) ORDER BY line DESC LIMIT $2::bigint) AS l`,
  migrationTable: `SELECT 1 AS there FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1::text AND c.relname = 'migration'`,
  note: `SELECT millrace.note($1::text, $2::bigint, $3::text, $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[])`,
  now: `SELECT millrace.now_ms()::text AS now`,
  pause: `INSERT INTO millrace.paused (queue) SELECT DISTINCT q FROM unnest($1::text[]) AS q ON CONFLICT DO NOTHING`,
  paused: `SELECT coalesce(json_agg(queue ORDER BY queue), '[]')::text AS rows FROM millrace.paused`,
  pruneOthers: `SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.ended WHERE state = $3::smallint AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint) AS r`,
  pruneSucceeded: `SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.run WHERE seq > $1::bigint AND state = 5 ORDER BY seq LIMIT $2::bigint) AS r`,
  prune: `SELECT millrace.prune($1::integer, $2::bigint[]) AS n`,
  records: `SELECT CASE WHEN r.seq IS NULL THEN NULL ELSE row_to_json(r)::text END AS row
FROM unnest($1::text[]) WITH ORDINALITY AS i (id, n) LEFT JOIN LATERAL (SELECT * FROM millrace.record WHERE id = i.id) AS r ON true
ORDER BY i.n`,
  requestCancel: `SELECT millrace.request_cancel($1::text[]) AS rows`,
  rescue: `SELECT millrace.rescue($1::integer) AS rows`,
  restore: `SELECT millrace.restore($1::json, $2::integer, $3::json, $4::json, $5::json, $6::text[], $7::text, $8::bigint, $9::integer) AS stored`,
  resume: `DELETE FROM millrace.paused WHERE queue = ANY ($1::text[])`,
  retire: `WITH told AS (DELETE FROM millrace.command WHERE worker = $1::text)
DELETE FROM millrace.worker WHERE id = $1::text`,
  seqs: `SELECT coalesce(json_agg(json_build_array(id, seq)), '[]')::text AS rows FROM millrace.job WHERE id = ANY ($1::text[])`,
  settle: `SELECT array_to_json(millrace.settle($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
  $7::integer[], $8::bigint[], $9::text[], $10::text[]))::text AS settled`,
  stateTotal: `SELECT (SELECT coalesce(sum(n), 0) FROM millrace.count WHERE state = ANY ($1::smallint[]))
  + (SELECT coalesce(sum(n), 0) FROM millrace.count_change WHERE state = ANY ($1::smallint[])) AS n`,
  workers: `SELECT coalesce(json_agg(json_build_array(lease_until, seen_at, info) ORDER BY id), '[]')::text AS rows
FROM millrace.worker WHERE lease_until > millrace.now_ms()`,
} as const)
