-- 1 schema
SELECT json_build_object('version', current_setting('server_version'), 'database', current_database(),
  'now', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
  'bytes', (SELECT sum(pg_relation_size(c.oid)) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1::text AND c.relkind IN ('r', 'i', 't')),
  'synchronous', current_setting('synchronous_commit'))::text AS info
