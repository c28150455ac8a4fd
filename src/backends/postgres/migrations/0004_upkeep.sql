-- Workers' leases, corrections by people, and house-keeping.

CREATE FUNCTION millrace.fold_counts() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- One at a time is enough, and two would wait for each other.
  IF NOT pg_try_advisory_xact_lock(hashtext('millrace.count_change'), 0) THEN RETURN; END IF;
  WITH gone AS (
    DELETE FROM millrace.count_change WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM millrace.count_change LIMIT 20000 FOR UPDATE SKIP LOCKED))
    RETURNING queue, state, n
  )
  INSERT INTO millrace.count AS c (queue, state, n, entered)
  SELECT queue, state, sum(n), sum(greatest(n, 0)) FROM gone GROUP BY queue, state ORDER BY queue, state
  ON CONFLICT (queue, state) DO UPDATE SET n = c.n + excluded.n, entered = c.entered + excluded.entered;
END $$;

-- Registers the worker and extends its lease; false where it had run out.
CREATE FUNCTION millrace.heartbeat(p_worker text, p_lease_ms bigint, p_info text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  t bigint;
  lease bigint;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT lease_until INTO lease FROM millrace.worker WHERE id = p_worker FOR UPDATE;
  t := millrace.now_ms();
  INSERT INTO millrace.worker AS w (id, lease_until, lease_ms, beats, seen_at, info)
  VALUES (p_worker, t + p_lease_ms, p_lease_ms, 1, t, p_info)
  ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, lease_ms = excluded.lease_ms, beats = w.beats + 1,
    suspected_at = NULL, seen_at = excluded.seen_at, info = excluded.info;
  RETURN lease IS NULL OR lease > t;
END $$;

-- JSON of the error of a lost attempt.
CREATE FUNCTION millrace.lost_error(p_worker text, p_attempt integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT json_build_object('name', 'WorkerLost', 'message', format(
    'Worker %s was not heard of any more while it ran attempt %s', p_worker, p_attempt),
    'stack', NULL, 'code', 'worker-lost', 'cause', NULL)::text
$$;

-- Gives back, or ends, what a dead worker held; answers JSON rows. An attempt that had not begun does not count.
CREATE FUNCTION millrace.rescue_worker(p_worker text, p_quarantine integer) RETURNS text LANGUAGE sql VOLATILE
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH held AS (
    SELECT seq FROM millrace.active WHERE worker = p_worker ORDER BY seq LIMIT 1000 FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM millrace.active AS a USING held AS h WHERE a.seq = h.seq
    RETURNING a.seq, a.token, a.started_at, a.begun, a.begun::integer AS n
  ), changed AS (
    UPDATE millrace.job AS j SET attempt = j.attempt + g.n, lost = j.lost + g.n, token = g.token, worker = p_worker,
      started_at = g.started_at,
      error = CASE WHEN g.begun AND (j.lost + 1 >= p_quarantine OR j.attempt + 1 >= j.max_attempts)
        THEN millrace.lost_error(p_worker, j.attempt + 1) ELSE j.error END
    FROM gone AS g WHERE j.seq = g.seq
    RETURNING j.seq, j.id, j.task, j.queue, j.priority, j.due_at, j.expires_at, j.attempt + 1 - g.n AS attempt, g.token,
      g.started_at, g.begun,
      CASE WHEN NOT g.begun THEN NULL WHEN j.lost >= p_quarantine THEN 'quarantined'
        WHEN j.attempt >= j.max_attempts THEN 'exhausted' END AS reason
  ), noted AS (
    INSERT INTO millrace.attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error)
    SELECT seq, token, attempt, 'lost', p_worker, started_at, millrace.now_ms(), millrace.lost_error(p_worker, attempt)
    FROM changed WHERE begun
  ), waits AS (
    INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
    SELECT queue, -priority, due_at, seq, 1, expires_at FROM changed WHERE reason IS NULL
  ), ends AS (
    INSERT INTO millrace.ended (seq, state, finished_at, reason)
    SELECT seq, 6, millrace.now_ms(), reason FROM changed WHERE reason IS NOT NULL
  ), counted AS (
    INSERT INTO millrace.count_change (queue, state, n)
    SELECT queue, 4, -count(*) FROM changed GROUP BY queue
    UNION ALL SELECT queue, CASE WHEN reason IS NULL THEN 1 ELSE 6 END, count(*) FROM changed GROUP BY 1, 2
  )
  SELECT string_agg(json_build_array(id, task, queue, attempt, p_worker, begun, reason IS NOT NULL)::text, ',' ORDER BY seq)
  FROM changed
$$;

-- The jobs of workers whose lease ran out. A lease that looks expired is only noted the first time, and acted upon when
-- the worker has not been heard of by the next call: clocks jump, and then every lease looks expired.
CREATE FUNCTION millrace.rescue(p_quarantine integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  t bigint := millrace.now_ms();
  w record;
  known record;
  found_jobs text;
  rescued text[] := '{}';
BEGIN
  PERFORM millrace.fold_counts();
  -- A lease that ends later than its own length from now was written before the clock was set back.
  UPDATE millrace.worker SET lease_until = t + lease_ms WHERE lease_until > t + lease_ms;
  FOR w IN
    SELECT a.worker FROM millrace.active AS a LEFT JOIN millrace.worker AS k ON k.id = a.worker
    WHERE k.id IS NULL OR k.lease_until <= t GROUP BY a.worker ORDER BY a.worker
  LOOP
    SELECT lease_until, beats, suspected_at INTO known FROM millrace.worker WHERE id = w.worker FOR UPDATE;
    IF FOUND THEN
      CONTINUE WHEN known.lease_until > t;
      IF known.suspected_at IS DISTINCT FROM known.beats THEN
        UPDATE millrace.worker SET suspected_at = beats WHERE id = w.worker;
        CONTINUE;
      END IF;
    END IF;
    found_jobs := millrace.rescue_worker(w.worker, p_quarantine);
    IF found_jobs IS NOT NULL THEN rescued := rescued || found_jobs; END IF;
  END LOOP;
  -- Workers that died a day ago. Until then one that comes back is told that its lease had run out.
  WITH forgotten AS (
    DELETE FROM millrace.worker AS k WHERE lease_until + 86400000 < t
      AND NOT EXISTS (SELECT 1 FROM millrace.active AS a WHERE a.worker = k.id)
    RETURNING id
  )
  DELETE FROM millrace.command AS c USING forgotten AS f WHERE c.worker = f.id;
  RETURN '[' || array_to_string(rescued, ',') || ']';
END $$;

-- Deletes jobs that are in no place any more, and all that is kept with them.
CREATE FUNCTION millrace.remove(p_seqs bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  DELETE FROM millrace.tag WHERE seq = ANY (p_seqs);
  DELETE FROM millrace.unique_key WHERE seq = ANY (p_seqs);
  DELETE FROM millrace.attempt WHERE seq = ANY (p_seqs);
  DELETE FROM millrace.log WHERE seq = ANY (p_seqs);
  DELETE FROM millrace.checkpoint WHERE seq = ANY (p_seqs);
  DELETE FROM millrace.progress WHERE seq = ANY (p_seqs);
  DELETE FROM millrace.job WHERE seq = ANY (p_seqs);
END $$;

-- A person's correction of each job: cancel, requeue, reschedule, hold or delete. Answers JSON rows of
-- [id, outcome, state found or reached, queue].
CREATE FUNCTION millrace.change(p_op text, p_ids text[], p_due bigint, p_reason text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  t bigint := millrace.now_ms();
  v_id text;
  j record;
  r record;
  was smallint;
  reached smallint;
  answer json[] := '{}';
BEGIN
  FOREACH v_id IN ARRAY p_ids LOOP
    SELECT seq, queue, priority, due_at, expires_at, attempt INTO j FROM millrace.job WHERE id = v_id FOR UPDATE;
    IF NOT FOUND THEN
      answer := answer || json_build_array(v_id, 'not-found', NULL, NULL);
      CONTINUE;
    END IF;
    was := millrace.leave_waiting(j.seq);
    IF was IS NULL AND p_op IN ('cancel', 'requeue', 'delete') THEN
      DELETE FROM millrace.held WHERE seq = j.seq RETURNING 3 INTO was;
    END IF;
    IF was IS NULL AND p_op IN ('requeue', 'delete') THEN
      DELETE FROM millrace.ended WHERE seq = j.seq RETURNING state INTO was;
    END IF;
    IF was IS NULL AND p_op IN ('requeue', 'delete') THEN
      DELETE FROM millrace.succeeded WHERE seq = j.seq RETURNING * INTO r;
      IF FOUND THEN was := 5; END IF;
    END IF;
    IF was IS NULL THEN
      answer := answer || json_build_array(v_id, 'refused', (SELECT state FROM millrace.record WHERE seq = j.seq), NULL);
      CONTINUE;
    END IF;
    reached := NULL;
    IF p_op = 'delete' THEN
      PERFORM millrace.remove(ARRAY[j.seq]);
    ELSIF p_op = 'cancel' THEN
      reached := 7;
      INSERT INTO millrace.ended (seq, state, finished_at, reason) VALUES (j.seq, 7, t, p_reason);
    ELSIF p_op = 'hold' THEN
      reached := 3;
      INSERT INTO millrace.held (seq) VALUES (j.seq);
    ELSE
      reached := CASE WHEN p_op = 'requeue' OR p_due <= t THEN 1 ELSE 0 END;
      IF was = 5 THEN
        -- The attempt that succeeded was read off `succeeded` so far, which the job leaves now.
        INSERT INTO millrace.attempt (seq, token, attempt, outcome, worker, started_at, finished_at)
        VALUES (j.seq, r.token, j.attempt + 1, 'succeeded', r.worker, r.started_at, r.finished_at);
        UPDATE millrace.job SET token = r.token, worker = r.worker, started_at = r.started_at WHERE seq = j.seq;
      END IF;
      IF was >= 5 THEN
        UPDATE millrace.job SET attempt = 0, lost = 0, error = NULL WHERE seq = j.seq;
        DELETE FROM millrace.progress WHERE seq = j.seq;
      END IF;
      -- Whoever runs a job again means it: an expiry that has passed is lifted.
      UPDATE millrace.job SET due_at = CASE WHEN p_op = 'requeue' THEN t ELSE p_due END,
        expires_at = CASE WHEN p_op = 'requeue' AND expires_at <= t THEN NULL ELSE expires_at END
      WHERE seq = j.seq RETURNING due_at, expires_at INTO j.due_at, j.expires_at;
      INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
      VALUES (j.queue, -j.priority, j.due_at, j.seq, reached, j.expires_at);
    END IF;
    INSERT INTO millrace.count_change (queue, state, n)
    SELECT j.queue, c.state, c.n FROM (VALUES (was, -1), (reached, 1)) AS c (state, n) WHERE c.state IS NOT NULL;
    answer := answer || json_build_array(v_id, 'done', reached, j.queue);
  END LOOP;
  RETURN array_to_json(answer)::text;
END $$;

-- Deletes those of the jobs that are still in this final state, with all that is kept with them; answers how many.
CREATE FUNCTION millrace.prune(p_state integer, p_seqs bigint[]) RETURNS integer LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  gone bigint[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  IF p_state = 5 THEN
    WITH d AS (DELETE FROM millrace.succeeded WHERE seq = ANY (p_seqs) RETURNING seq)
    SELECT array_agg(seq) INTO gone FROM d;
  ELSE
    WITH d AS (DELETE FROM millrace.ended WHERE seq = ANY (p_seqs) AND state = p_state RETURNING seq)
    SELECT array_agg(seq) INTO gone FROM d;
  END IF;
  INSERT INTO millrace.count_change (queue, state, n)
  SELECT queue, p_state, -count(*) FROM millrace.job WHERE seq = ANY (gone) GROUP BY queue;
  PERFORM millrace.remove(gone);
  RETURN coalesce(cardinality(gone), 0);
END $$;

-- Stores progress and log lines of a running attempt; nothing where its token is old.
CREATE FUNCTION millrace.note(
  p_id text, p_token bigint, p_progress text,
  l_at bigint[], l_attempt integer[], l_level text[], l_message text[], l_fields text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_seq bigint;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT a.seq INTO v_seq FROM millrace.job AS j JOIN millrace.active AS a ON a.seq = j.seq
  WHERE j.id = p_id AND a.token = p_token FOR KEY SHARE OF a;
  IF NOT FOUND THEN RETURN; END IF;
  IF p_progress IS NOT NULL THEN
    INSERT INTO millrace.progress (seq, token, progress) VALUES (v_seq, p_token, p_progress)
    ON CONFLICT (seq) DO UPDATE SET token = excluded.token, progress = excluded.progress;
  END IF;
  INSERT INTO millrace.log (seq, at, attempt, level, message, fields)
  SELECT v_seq, * FROM unnest(l_at, l_attempt, l_level, l_message, l_fields);
END $$;

-- A piece of a handler's work: begun, completed or forgotten, fenced by the attempt's token. Answers JSON: null where the
-- lease is lost, [] where nothing was known, else [done, value].
CREATE FUNCTION millrace.checkpoint(p_op text, p_id text, p_token bigint, p_key text, p_value text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_seq bigint;
  known record;
BEGIN
  -- The lock keeps the attempt alive until this is stored: a rescue passes it by meanwhile.
  SELECT a.seq INTO v_seq FROM millrace.job AS j JOIN millrace.active AS a ON a.seq = j.seq
  WHERE j.id = p_id AND a.token = p_token FOR KEY SHARE OF a;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF p_op = 'begin' THEN
    SELECT done, value INTO known FROM millrace.checkpoint WHERE seq = v_seq AND key = p_key;
    IF FOUND THEN RETURN json_build_array(known.done, known.value)::text; END IF;
    INSERT INTO millrace.checkpoint (seq, key, done) VALUES (v_seq, p_key, false) ON CONFLICT DO NOTHING;
  ELSIF p_op = 'complete' THEN
    INSERT INTO millrace.checkpoint (seq, key, done, value) VALUES (v_seq, p_key, true, p_value)
    ON CONFLICT (seq, key) DO UPDATE SET done = true, value = excluded.value;
  ELSE
    DELETE FROM millrace.checkpoint WHERE seq = v_seq AND key = p_key AND NOT done;
  END IF;
  RETURN '[]';
END $$;

-- Asks the workers of running jobs to abort them; answers JSON rows of [id, outcome, worker].
CREATE FUNCTION millrace.request_cancel(p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_id text;
  j record;
  answer json[] := '{}';
BEGIN
  FOREACH v_id IN ARRAY p_ids LOOP
    SELECT state, worker INTO j FROM millrace.record WHERE id = v_id;
    IF NOT FOUND THEN
      answer := answer || json_build_array(v_id, 'not-found', NULL);
    ELSIF j.state <> 4 THEN
      answer := answer || json_build_array(v_id, 'not-active', NULL);
    ELSE
      INSERT INTO millrace.command (worker, command)
      VALUES (j.worker, json_build_object('kind', 'cancel', 'jobId', v_id)::text);
      answer := answer || json_build_array(v_id, 'requested', j.worker);
    END IF;
  END LOOP;
  RETURN array_to_json(answer)::text;
END $$;

-- Stores a job that lived in another store, with all that was kept with it; answers whether it was not there yet.
CREATE FUNCTION millrace.restore(
  p_job json, p_state integer, p_attempts json, p_logs json, p_checkpoints json, p_tags text[],
  u_key text, u_until bigint, u_states integer
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  t bigint := millrace.now_ms();
  v_seq bigint;
  free boolean;
  j record;
BEGIN
  SELECT * INTO j FROM json_to_record(p_job) AS x (id text, task text, queue text, priority smallint, due_at bigint,
    created_at bigint, version integer, max_attempts integer, payload text, expires_at bigint, options text,
    attempt integer, lost integer, worker text, started_at bigint, finished_at bigint, error text, result text,
    reason text, progress text);
  INSERT INTO millrace.job (id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at,
    options, attempt, lost, token, worker, started_at, error)
  VALUES (j.id, j.task, j.queue, j.priority, j.due_at, j.created_at, j.version, j.max_attempts, j.payload, j.expires_at,
    j.options, j.attempt, j.lost, 0, j.worker, j.started_at, j.error)
  ON CONFLICT (id) DO NOTHING RETURNING seq INTO v_seq;
  IF v_seq IS NULL THEN RETURN false; END IF;
  IF p_state = 5 THEN
    INSERT INTO millrace.succeeded (seq, token, started_at, finished_at, worker, result)
    VALUES (v_seq, 0, coalesce(j.started_at, j.finished_at), j.finished_at, coalesce(j.worker, ''), j.result);
  ELSIF p_state > 5 THEN
    INSERT INTO millrace.ended (seq, state, finished_at, reason) VALUES (v_seq, p_state, j.finished_at, j.reason);
  ELSE
    INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
    VALUES (j.queue, -j.priority, j.due_at, v_seq, p_state, j.expires_at);
  END IF;
  INSERT INTO millrace.count_change (queue, state, n) VALUES (j.queue, p_state, 1);
  INSERT INTO millrace.tag (tag, seq) SELECT DISTINCT i, v_seq FROM unnest(p_tags) AS i;
  IF j.progress IS NOT NULL THEN
    INSERT INTO millrace.progress (seq, token, progress) VALUES (v_seq, 0, j.progress);
  END IF;
  INSERT INTO millrace.attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error)
  SELECT v_seq, a.token, a.attempt, a.outcome, a.worker, a.started_at, a.finished_at, a.error
  FROM json_to_recordset(p_attempts) AS a (token bigint, attempt integer, outcome text, worker text, started_at bigint,
    finished_at bigint, error text);
  INSERT INTO millrace.log (seq, at, attempt, level, message, fields)
  SELECT v_seq, l.at, l.attempt, l.level, l.message, l.fields
  FROM json_to_recordset(p_logs) AS l (at bigint, attempt integer, level text, message text, fields text);
  INSERT INTO millrace.checkpoint (seq, key, done, value)
  SELECT v_seq, c.key, c.done, c.value FROM json_to_recordset(p_checkpoints) AS c (key text, done boolean, value text);
  IF u_key IS NOT NULL THEN
    INSERT INTO millrace.unique_key AS u (key) VALUES (u_key) ON CONFLICT (key) DO UPDATE SET key = u.key;
    free := millrace.holder(u_key, t) IS NULL;
    IF free THEN
      UPDATE millrace.unique_key SET seq = v_seq, until = u_until, states = u_states WHERE key = u_key;
    END IF;
  END IF;
  RETURN true;
END $$;
