-- The compare-and-set; answers the new revision, or no row where somebody else had written.
-- 1 name, 2 revision it was made from (0: there must be none), 3 paused, 4 next time, 5 held time, 6 body
WITH changed AS (
  UPDATE millrace.schedule SET revision = nextval('millrace.schedule_revision'), paused = $3::boolean,
    next_at = $4::bigint, held_at = $5::bigint, body = $6::text
  WHERE $2::bigint > 0 AND name = $1::text AND revision = $2::bigint RETURNING revision
), added AS (
  INSERT INTO millrace.schedule (name, revision, paused, next_at, held_at, body)
  SELECT $1::text, nextval('millrace.schedule_revision'), $3::boolean, $4::bigint, $5::bigint, $6::text
  WHERE $2::bigint = 0 ON CONFLICT (name) DO NOTHING RETURNING revision
)
SELECT revision::text FROM changed UNION ALL SELECT revision::text FROM added
