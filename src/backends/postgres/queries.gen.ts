/** Generated from queries/*.sql by `npm run sql`: edit those files instead. */
export const queries = Object.freeze({
  applied: `SELECT coalesce(max(version), 0) AS version, coalesce(max(version) FILTER (WHERE breaking), 0) AS broken_at
FROM millrace.migration`,
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
  $15::text[], $16::text[], $17::bigint[], $18::integer[], $19::text[]) AS outcomes,
  transaction_timestamp() = statement_timestamp() AS alone, millrace.now_ms()::text AS now,
  CASE WHEN $20::text IS NOT NULL THEN pg_notify($20::text, $21::text)::text END AS told`,
  enqueue: `SELECT array_to_json(millrace.enqueue($1::text[], $2::text[], $3::smallint[], $4::integer[], $5::integer[], $6::text[],
  $7::text[], $8::integer[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[],
  $15::text[], $16::boolean))::text AS stored, transaction_timestamp() = statement_timestamp() AS alone,
  millrace.now_ms()::text AS now, CASE WHEN $17::text IS NOT NULL THEN pg_notify($17::text, $18::text)::text END AS told`,
  exchange: `SELECT array_to_json(e.settled)::text AS settled, array_to_json(e.begun)::text AS begun,
  array_to_json(e.given_back)::text AS given_back, e.claims, e.jobs
FROM millrace.exchange($1::text, $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
  $8::integer[], $9::bigint[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
  $16::text[], $17::integer[], $18::integer, $19::text[], $20::smallint[], $21::bigint[], $22::bigint[], $23::bigint) AS e`,
  exports: `SELECT CASE WHEN r.seq IS NULL THEN NULL ELSE json_build_object(
  'row', row_to_json(r),
  'attempts', (SELECT json_agg(a ORDER BY a.token) FROM millrace.attempt AS a WHERE a.seq = r.seq),
  'logs', (SELECT json_agg(l ORDER BY l.line) FROM millrace.log AS l WHERE l.seq = r.seq),
  'checkpoints', (SELECT json_agg(c) FROM millrace.checkpoint AS c WHERE c.seq = r.seq),
  'key', (SELECT row_to_json(u) FROM millrace.unique_key AS u WHERE u.seq = r.seq LIMIT 1))::text END AS row
FROM unnest($1::text[]) WITH ORDINALITY AS i (id, n) LEFT JOIN LATERAL (SELECT * FROM millrace.record WHERE id = i.id) AS r ON true
ORDER BY i.n`,
  firingsAdd: `INSERT INTO millrace.firing (schedule, due_at, at, outcome, manual, count, job_id)
SELECT $1::text, f."dueAt", millrace.now_ms(), f.outcome, f.manual, f.count, f."jobId"
FROM json_to_recordset($2::json) AS f ("dueAt" bigint, outcome text, manual boolean, count integer, "jobId" text)`,
  firingsList: `SELECT coalesce(json_agg(json_build_array(n, due_at, at, outcome, manual, count, job_id) ORDER BY n DESC), '[]')::text AS rows
FROM (SELECT * FROM millrace.firing WHERE schedule = $1::text AND ($2::bigint IS NULL OR n < $2::bigint)
  ORDER BY n DESC LIMIT $3::bigint) AS f`,
  firingsTrim: `DELETE FROM millrace.firing WHERE schedule = $1::text AND n <= (
  SELECT n FROM millrace.firing WHERE schedule = $1::text ORDER BY n DESC LIMIT 1 OFFSET $2::bigint)`,
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
  metrics: `WITH RECURSIVE lane AS (
  (SELECT queue, rank, due_at FROM millrace.waiting ORDER BY queue, rank, due_at LIMIT 1)
  UNION ALL
  -- One seek for each rank in use, however many jobs wait.
  SELECT n.queue, n.rank, n.due_at FROM lane AS l CROSS JOIN LATERAL (
    SELECT w.queue, w.rank, w.due_at FROM millrace.waiting AS w WHERE (w.queue, w.rank) > (l.queue, l.rank)
    ORDER BY w.queue, w.rank, w.due_at LIMIT 1) AS n
), entered AS (
  SELECT queue, state, entered FROM millrace.count
  UNION ALL SELECT queue, state, greatest(n, 0) FROM millrace.count_change
)
SELECT coalesce(json_agg(json_build_array(q.queue,
  (SELECT min(l.due_at) FROM lane AS l WHERE l.queue = q.queue AND l.due_at <= millrace.now_ms()),
  q.succeeded, q.failed, q.cancelled) ORDER BY q.queue), '[]')::text AS rows
FROM (SELECT queue, coalesce(sum(entered) FILTER (WHERE state = 5), 0) AS succeeded,
    coalesce(sum(entered) FILTER (WHERE state = 6), 0) AS failed,
    coalesce(sum(entered) FILTER (WHERE state = 7), 0) AS cancelled
  FROM entered GROUP BY queue) AS q`,
  migrationTable: `SELECT 1 AS there FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1::text AND c.relname = 'migration'`,
  note: `SELECT millrace.note($1::text, $2::bigint, $3::text, $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[])`,
  now: `SELECT millrace.now_ms()::text AS now`,
  pause: `INSERT INTO millrace.paused (queue) SELECT DISTINCT q FROM unnest($1::text[]) AS q ON CONFLICT DO NOTHING`,
  paused: `SELECT coalesce(json_agg(queue ORDER BY queue), '[]')::text AS rows FROM millrace.paused`,
  pruneOthers: `SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.ended WHERE state = $3::smallint AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint) AS r`,
  pruneSucceeded: `SELECT coalesce(json_agg(json_build_array(r.seq, r.finished_at)), '[]')::text AS rows, millrace.now_ms()::text AS now
FROM (SELECT seq, finished_at FROM millrace.succeeded WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint) AS r`,
  prune: `SELECT millrace.prune($1::integer, $2::bigint[]) AS n`,
  records: `SELECT CASE WHEN r.seq IS NULL THEN NULL ELSE row_to_json(r)::text END AS row
FROM unnest($1::text[]) WITH ORDINALITY AS i (id, n) LEFT JOIN LATERAL (SELECT * FROM millrace.record WHERE id = i.id) AS r ON true
ORDER BY i.n`,
  requestCancel: `SELECT millrace.request_cancel($1::text[]) AS rows`,
  rescue: `SELECT millrace.rescue($1::integer) AS rows, millrace.now_ms()::text AS now,
  (SELECT max(seen_at) FROM millrace.worker)::text AS seen`,
  restore: `SELECT millrace.restore($1::json, $2::integer, $3::json, $4::json, $5::json, $6::text[], $7::text, $8::bigint, $9::integer) AS stored`,
  resume: `DELETE FROM millrace.paused WHERE queue = ANY ($1::text[])`,
  retire: `WITH told AS (DELETE FROM millrace.command WHERE worker = $1::text)
DELETE FROM millrace.worker WHERE id = $1::text`,
  scheduleSet: `WITH changed AS (
  UPDATE millrace.schedule SET revision = nextval('millrace.schedule_revision'), paused = $3::boolean,
    next_at = $4::bigint, held_at = $5::bigint, body = $6::text
  WHERE $2::bigint > 0 AND name = $1::text AND revision = $2::bigint RETURNING revision
), added AS (
  INSERT INTO millrace.schedule (name, revision, paused, next_at, held_at, body)
  SELECT $1::text, nextval('millrace.schedule_revision'), $3::boolean, $4::bigint, $5::bigint, $6::text
  WHERE $2::bigint = 0 ON CONFLICT (name) DO NOTHING RETURNING revision
)
SELECT revision::text FROM changed UNION ALL SELECT revision::text FROM added`,
  schedulesDelete: `WITH gone AS (DELETE FROM millrace.schedule WHERE name = ANY ($1::text[]) RETURNING name),
  history AS (DELETE FROM millrace.firing WHERE schedule = ANY ($1::text[]))
SELECT coalesce(json_agg(name), '[]')::text AS rows FROM gone`,
  schedulesDue: `WITH clock AS MATERIALIZED (SELECT millrace.now_ms() AS now)
SELECT json_build_object(
  'now', now,
  'next', (SELECT min(next_at) FROM millrace.schedule WHERE NOT paused AND next_at IS NOT NULL AND next_at > now),
  'due', (SELECT json_agg(json_build_array(revision, body)) FROM (
    SELECT revision, body FROM millrace.schedule
    WHERE NOT paused AND next_at IS NOT NULL AND next_at <= now ORDER BY next_at LIMIT $1::bigint) AS d),
  'held', (SELECT json_agg(json_build_array(revision, body)) FROM (
    SELECT revision, body FROM millrace.schedule
    WHERE NOT paused AND held_at IS NOT NULL ORDER BY held_at LIMIT $1::bigint) AS h)
)::text AS rows FROM clock`,
  schedulesGet: `SELECT coalesce(json_agg(json_build_array(revision, body)), '[]')::text AS rows FROM millrace.schedule
WHERE name = ANY ($1::text[])`,
  schedulesList: `SELECT coalesce(json_agg(json_build_array(revision, body)), '[]')::text AS rows FROM (
  SELECT revision, body FROM millrace.schedule WHERE name > $1::text ORDER BY name LIMIT $2::bigint) AS s`,
  seqs: `SELECT coalesce(json_agg(json_build_array(id, seq)), '[]')::text AS rows FROM millrace.job WHERE id = ANY ($1::text[])`,
  settle: `SELECT array_to_json(millrace.settle($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
  $7::integer[], $8::bigint[], $9::text[], $10::text[]))::text AS settled`,
  stateTotal: `SELECT (SELECT coalesce(sum(n), 0) FROM millrace.count WHERE state = ANY ($1::smallint[]))
  + (SELECT coalesce(sum(n), 0) FROM millrace.count_change WHERE state = ANY ($1::smallint[])) AS n`,
  workers: `SELECT coalesce(json_agg(json_build_array(lease_until, seen_at, info) ORDER BY id), '[]')::text AS rows
FROM millrace.worker WHERE lease_until > millrace.now_ms()`,
} as const)
