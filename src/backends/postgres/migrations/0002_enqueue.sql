-- Storing new jobs. Functions, because a call is then one round trip whatever it meets, and because they keep their
-- plans where a pooler in transaction mode allows no prepared statements.

-- The store's clock. All times but the database's own come from here.
CREATE FUNCTION millrace.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

-- Stores jobs without uniqueness; answers the ids stored, or null for all of them. Columns that most jobs lack may be
-- empty arrays. What many jobs share (task, queue, priority, version, attempts) comes once, by number.
-- p_known: some of the ids may be there already. Expecting that costs a quarter more for every job, so that it is only
-- done where the caller says so, or after it has turned out.
CREATE FUNCTION millrace.enqueue(
  k_task text[], k_queue text[], k_priority smallint[], k_version integer[], k_attempts integer[],
  p_id text[], p_payload text[], p_kind integer[], p_delay bigint[], p_due bigint[], p_expires_in bigint[],
  p_expires bigint[], p_options text[], t_id text[], t_tag text[], p_known boolean
) RETURNS text[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off AS $$
DECLARE
  t bigint := millrace.now_ms();
  stored text[];
  n_added bigint;
BEGIN
  IF NOT p_known THEN
    BEGIN
      WITH added AS (
        INSERT INTO millrace.job (id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at,
          options)
        SELECT i.id, k_task[coalesce(i.kind, 1)], k_queue[coalesce(i.kind, 1)], k_priority[coalesce(i.kind, 1)],
          coalesce(i.due, t + coalesce(i.delay, 0)), t, k_version[coalesce(i.kind, 1)], k_attempts[coalesce(i.kind, 1)],
          i.payload, coalesce(i.expires, t + i.expires_in), i.options
        FROM unnest(p_id, p_payload, p_kind, p_delay, p_due, p_expires_in, p_expires, p_options)
          AS i (id, payload, kind, delay, due, expires_in, expires, options)
        RETURNING seq, id, queue, priority, due_at, expires_at
      ), waits AS (
        INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
        SELECT queue, -priority, due_at, seq, (due_at <= t)::integer, expires_at FROM added
      ), counted AS (
        INSERT INTO millrace.count_change (queue, state, n)
        SELECT queue, (due_at <= t)::integer, count(*) FROM added GROUP BY 1, 2
      )
      SELECT count(*) INTO n_added FROM added;
    EXCEPTION WHEN unique_violation THEN
      p_known := true;
    END;
  END IF;
  IF p_known THEN
    WITH added AS (
      INSERT INTO millrace.job (id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at,
        options)
      SELECT i.id, k_task[coalesce(i.kind, 1)], k_queue[coalesce(i.kind, 1)], k_priority[coalesce(i.kind, 1)],
        coalesce(i.due, t + coalesce(i.delay, 0)), t, k_version[coalesce(i.kind, 1)], k_attempts[coalesce(i.kind, 1)],
        i.payload, coalesce(i.expires, t + i.expires_in), i.options
      FROM unnest(p_id, p_payload, p_kind, p_delay, p_due, p_expires_in, p_expires, p_options)
        AS i (id, payload, kind, delay, due, expires_in, expires, options)
      ON CONFLICT (id) DO NOTHING
      RETURNING seq, id, queue, priority, due_at, expires_at
    ), waits AS (
      INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
      SELECT queue, -priority, due_at, seq, (due_at <= t)::integer, expires_at FROM added
    ), counted AS (
      INSERT INTO millrace.count_change (queue, state, n)
      SELECT queue, (due_at <= t)::integer, count(*) FROM added GROUP BY 1, 2
    )
    SELECT array_agg(id) INTO stored FROM added;
    stored := coalesce(stored, '{}');
  END IF;
  IF cardinality(t_id) > 0 THEN
    INSERT INTO millrace.tag (tag, seq)
    SELECT i.tag, j.seq FROM unnest(t_id, t_tag) AS i (id, tag) JOIN millrace.job AS j ON j.id = i.id
    WHERE stored IS NULL OR i.id = ANY (stored) ON CONFLICT DO NOTHING;
  END IF;
  RETURN stored;
END $$;

-- Who holds the key, if anybody still does: a job that expired while it waited does not.
CREATE FUNCTION millrace.holder(p_key text, t bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT r.seq FROM millrace.unique_key AS u JOIN millrace.record AS r ON r.seq = u.seq
  WHERE u.key = p_key AND (u.until > t
    OR ((u.states >> r.state) & 1 = 1 AND NOT (r.state <= 2 AND coalesce(r.expires_at <= t, false))))
$$;

-- Takes a job out of `waiting`; answers the state it had, or null where it does not wait. The caller has locked the
-- job's row, so that only a claim can be quicker.
CREATE FUNCTION millrace.leave_waiting(p_seq bigint) RETURNS smallint LANGUAGE sql VOLATILE AS $$
  DELETE FROM millrace.waiting AS w USING millrace.job AS j
  WHERE j.seq = p_seq AND w.queue = j.queue AND w.rank = -j.priority AND w.due_at = j.due_at AND w.seq = j.seq
  RETURNING w.state
$$;

-- The job that holds the key takes the new one's place, where it still waits; answers whether it did.
CREATE FUNCTION millrace.replace_job(
  p_seq bigint, p_conflict text, t bigint, p_queue text, p_priority smallint, p_version integer, p_attempts integer,
  p_payload text, p_due bigint, p_expires bigint, p_options text, p_tags text[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  old millrace.job;
  old_state smallint;
  new_state smallint;
  new_due bigint;
BEGIN
  SELECT * INTO old FROM millrace.job WHERE seq = p_seq FOR UPDATE;
  IF old.expires_at <= t THEN RETURN false; END IF;
  old_state := millrace.leave_waiting(p_seq);
  IF old_state IS NULL THEN RETURN false; END IF;
  new_due := CASE WHEN p_conflict = 'reschedule' THEN p_due ELSE old.due_at END;
  new_state := CASE WHEN p_conflict = 'reschedule' THEN (p_due <= t)::integer ELSE old_state END;
  UPDATE millrace.job SET queue = p_queue, priority = p_priority, version = p_version, max_attempts = p_attempts,
    payload = p_payload, due_at = new_due, expires_at = p_expires, options = p_options WHERE seq = p_seq;
  INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
  VALUES (p_queue, -p_priority, new_due, p_seq, new_state, p_expires);
  DELETE FROM millrace.tag WHERE seq = p_seq;
  INSERT INTO millrace.tag (tag, seq) SELECT DISTINCT i, p_seq FROM unnest(p_tags) AS i;
  INSERT INTO millrace.count_change (queue, state, n) VALUES (old.queue, old_state, -1), (p_queue, new_state, 1);
  RETURN true;
END $$;

-- Stores one job; false where its id is taken.
CREATE FUNCTION millrace.add_job(
  p_id text, p_task text, p_queue text, p_priority smallint, p_version integer, p_attempts integer, p_payload text,
  t bigint, p_due bigint, p_expires bigint, p_options text, p_tags text[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  new_seq bigint;
BEGIN
  INSERT INTO millrace.job (id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at,
    options)
  VALUES (p_id, p_task, p_queue, p_priority, p_due, t, p_version, p_attempts, p_payload, p_expires, p_options)
  ON CONFLICT (id) DO NOTHING RETURNING seq INTO new_seq;
  IF new_seq IS NULL THEN RETURN false; END IF;
  INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
  VALUES (p_queue, -p_priority, p_due, new_seq, (p_due <= t)::integer, p_expires);
  INSERT INTO millrace.tag (tag, seq) SELECT DISTINCT i, new_seq FROM unnest(p_tags) AS i;
  INSERT INTO millrace.count_change (queue, state, n) VALUES (p_queue, (p_due <= t)::integer, 1);
  RETURN true;
END $$;

-- Stores jobs of which some are unique, one after the other; answers JSON of [id, outcome] for each.
CREATE FUNCTION millrace.enqueue_each(
  k_task text[], k_queue text[], k_priority smallint[], k_version integer[], k_attempts integer[],
  p_id text[], p_payload text[], p_kind integer[], p_delay bigint[], p_due bigint[], p_expires_in bigint[],
  p_expires bigint[], p_options text[], t_id text[], t_tag text[],
  u_key text[], u_for bigint[], u_states integer[], u_conflict text[]
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  t bigint := millrace.now_ms();
  i record;
  outcome text;
  holder bigint;
  due bigint;
  expires bigint;
  tags text[];
  answer json[] := '{}';
BEGIN
  -- Locks every key, known or not, always in the same order.
  INSERT INTO millrace.unique_key AS u (key) SELECT DISTINCT k FROM unnest(u_key) AS k WHERE k IS NOT NULL ORDER BY k
  ON CONFLICT (key) DO UPDATE SET key = u.key;
  FOR i IN SELECT * FROM unnest(p_id, p_payload, p_kind, p_delay, p_due, p_expires_in, p_expires, p_options, u_key, u_for,
    u_states, u_conflict)
    AS i (id, payload, kind, delay, due, expires_in, expires, options, key, for_ms, states, conflict)
  LOOP
    due := coalesce(i.due, t + coalesce(i.delay, 0));
    expires := coalesce(i.expires, t + i.expires_in);
    i.kind := coalesce(i.kind, 1);
    tags := ARRAY(SELECT a.tag FROM unnest(t_id, t_tag) AS a (id, tag) WHERE a.id = i.id);
    outcome := NULL;
    holder := NULL;
    -- The same job once more, such as a repeated call: it must not be taken for a conflict with itself.
    IF EXISTS (SELECT 1 FROM millrace.job WHERE id = i.id) THEN
      outcome := 'deduplicated';
    ELSIF i.key IS NOT NULL THEN
      holder := millrace.holder(i.key, t);
      IF holder IS NOT NULL THEN
        outcome := 'deduplicated';
        IF i.conflict <> 'skip' AND millrace.replace_job(holder, i.conflict, t, k_queue[i.kind], k_priority[i.kind],
          k_version[i.kind], k_attempts[i.kind], i.payload, due, expires, i.options, tags) THEN
          outcome := CASE i.conflict WHEN 'replace' THEN 'replaced' ELSE 'rescheduled' END;
        END IF;
        i.id := (SELECT id FROM millrace.job WHERE seq = holder);
      END IF;
    END IF;
    IF outcome IS NULL THEN
      outcome := 'deduplicated';
      IF millrace.add_job(i.id, k_task[i.kind], k_queue[i.kind], k_priority[i.kind], k_version[i.kind],
        k_attempts[i.kind], i.payload, t, due, expires, i.options, tags) THEN
        outcome := 'created';
        IF i.key IS NOT NULL THEN
          UPDATE millrace.unique_key SET seq = (SELECT seq FROM millrace.job WHERE id = i.id), until = t + i.for_ms,
            states = i.states WHERE key = i.key;
        END IF;
      END IF;
    END IF;
    answer := answer || json_build_array(i.id, outcome);
  END LOOP;
  DELETE FROM millrace.unique_key WHERE key = ANY (u_key) AND seq IS NULL;
  RETURN array_to_json(answer)::text;
END $$;
