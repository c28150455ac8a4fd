-- Settling and claiming: the hot path.

-- Settles attempts, each fenced by its token; answers the seqs settled, or null for all of them.
-- s: successes. o: other ends, of the kinds 0 retry, 1 fail, 2 fail without counting, 3 cancel, 4 snooze, 5 release.
CREATE FUNCTION millrace.settle(
  s_seq bigint[], s_token bigint[], s_queue text[], s_result text[],
  o_seq bigint[], o_token bigint[], o_kind integer[], o_delay bigint[], o_error text[], o_reason text[]
) RETURNS bigint[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off AS $$
DECLARE
  t bigint := millrace.now_ms();
  settled bigint[];
  others bigint[];
BEGIN
  IF cardinality(s_seq) > 0 THEN
    WITH gone AS (
      DELETE FROM millrace.active AS a USING unnest(s_seq, s_token, s_queue, s_result) AS s (seq, token, queue, result)
      WHERE a.seq = s.seq AND a.token = s.token
      RETURNING a.seq, a.token, a.started_at, a.worker, s.queue, s.result
    ), done AS (
      INSERT INTO millrace.succeeded (seq, token, started_at, finished_at, worker, result)
      SELECT seq, token, started_at, t, worker, result FROM gone
    ), sums AS (
      SELECT queue, count(*) AS n FROM gone GROUP BY queue
    ), counted AS (
      INSERT INTO millrace.count_change (queue, state, n)
      SELECT queue, 4, -n FROM sums UNION ALL SELECT queue, 5, n FROM sums
    )
    SELECT array_agg(seq) INTO settled FROM gone;
  END IF;
  IF cardinality(o_seq) > 0 THEN
    WITH gone AS (
      DELETE FROM millrace.active AS a
      USING unnest(o_seq, o_token, o_kind, o_delay, o_error, o_reason) AS o (seq, token, kind, delay, error, reason)
      WHERE a.seq = o.seq AND a.token = o.token
      RETURNING a.seq, a.token, a.worker, a.started_at, o.kind, o.delay, o.error, o.reason
    ), changed AS (
      UPDATE millrace.job AS j SET
        attempt = j.attempt + CASE WHEN g.kind IN (0, 1, 3) THEN 1 ELSE 0 END,
        due_at = CASE WHEN g.kind IN (0, 4) THEN t + g.delay ELSE j.due_at END,
        error = CASE WHEN g.kind <= 3 THEN g.error ELSE j.error END,
        token = g.token, worker = g.worker, started_at = g.started_at
      FROM gone AS g WHERE j.seq = g.seq
      RETURNING j.seq, j.queue, j.priority, j.due_at, j.expires_at, g.token, g.worker, g.started_at, g.kind, g.error,
        g.reason, j.attempt + CASE WHEN g.kind IN (0, 1, 3) THEN 0 ELSE 1 END AS attempt,
        CASE g.kind WHEN 0 THEN 2 WHEN 1 THEN 6 WHEN 2 THEN 6 WHEN 3 THEN 7 WHEN 4 THEN 0 ELSE 1 END AS state
    ), noted AS (
      INSERT INTO millrace.attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error)
      SELECT seq, token, attempt, (ARRAY['retried', 'failed', 'failed', 'cancelled'])[kind + 1], worker, started_at, t,
        error FROM changed WHERE kind < 4
    ), waits AS (
      INSERT INTO millrace.waiting (queue, rank, due_at, seq, state, expires_at)
      SELECT queue, -priority, due_at, seq, state, expires_at FROM changed WHERE state <= 2
    ), ends AS (
      INSERT INTO millrace.ended (seq, state, finished_at, reason)
      SELECT seq, state, t, reason FROM changed WHERE state >= 6
    ), sums AS (
      SELECT queue, state, count(*) AS n FROM changed GROUP BY queue, state
    ), counted AS (
      INSERT INTO millrace.count_change (queue, state, n)
      SELECT queue, 4, -n FROM sums UNION ALL SELECT queue, state, n FROM sums
    )
    SELECT array_agg(seq) INTO others FROM changed;
    settled := settled || others;
  END IF;
  IF coalesce(cardinality(settled), 0) = coalesce(cardinality(s_seq), 0) + coalesce(cardinality(o_seq), 0) THEN
    RETURN NULL;
  END IF;
  RETURN coalesce(settled, '{}');
END $$;

-- Claims the next due jobs of one queue and rank after a floor; answers what there was. A job's 12 fields are joined by a
-- control character, which costs a quarter of what JSON does; a job that contains it comes as JSON in the last field.
-- A careful job, whose loss could end it, is not begun yet. p_until: t, or a later time up to which jobs are claimed as
-- well that were ready before the clock was set back.
-- Called by `claim` alone, whose settings hold for its plans.
CREATE FUNCTION millrace.claim_rank(
  p_queue text, p_rank smallint, p_room integer, f_due bigint, f_seq bigint, p_worker text, p_token bigint, t bigint,
  p_until bigint, OUT met integer, OUT live integer, OUT jobs text
) LANGUAGE plpgsql AS $$
DECLARE
  sep constant text := chr(31);
  scheduled integer;
  retrying integer;
BEGIN
  WITH got AS (
    DELETE FROM millrace.waiting WHERE ctid = ANY (ARRAY(
      SELECT w.ctid FROM millrace.waiting AS w
      WHERE w.queue = p_queue AND w.rank = p_rank AND w.due_at <= p_until AND (w.due_at, w.seq) > (f_due, f_seq)
        AND (w.due_at <= t OR w.state = 1)
      ORDER BY w.queue, w.rank, w.due_at, w.seq LIMIT p_room FOR UPDATE SKIP LOCKED))
    RETURNING seq, state, due_at, expires_at <= t IS TRUE AS expired
  ), found AS (
    SELECT g.state, g.expired, j.*, j.lost = 0 AND j.attempt + 1 < j.max_attempts AS begun
    FROM got AS g JOIN millrace.job AS j ON j.seq = g.seq
  ), leased AS (
    INSERT INTO millrace.active (seq, token, started_at, begun, worker)
    SELECT seq, p_token, t, begun, p_worker FROM found WHERE NOT expired
  ), ends AS (
    INSERT INTO millrace.ended (seq, state, finished_at, reason) SELECT seq, 7, t, 'expired' FROM got WHERE expired
  )
  SELECT count(*), count(*) FILTER (WHERE NOT expired), count(*) FILTER (WHERE j.state = 0),
    count(*) FILTER (WHERE j.state = 2), string_agg(CASE WHEN strpos(j.payload, sep) + strpos(j.id, sep) + strpos(j.task, sep) = 0
      THEN concat(j.seq, sep, j.version, sep, j.attempt, sep, j.max_attempts, sep, j.created_at, sep, j.due_at, sep,
        j.expires_at, sep, j.begun::integer, sep, j.options, sep, j.id, sep, j.task, sep, j.payload)
      ELSE concat(sep, sep, sep, sep, sep, sep, sep, sep, sep, sep, sep, json_build_array(j.seq, j.version, j.attempt,
        j.max_attempts, j.created_at, j.due_at, j.expires_at, j.begun::integer, j.options, j.id, j.task, j.payload))
      END, sep ORDER BY j.due_at, j.seq) FILTER (WHERE NOT expired)
  INTO met, live, scheduled, retrying, jobs
  FROM found AS j;
  IF met > 0 THEN
    INSERT INTO millrace.count_change (queue, state, n) SELECT p_queue, c.state, c.n
    FROM (VALUES (0, -scheduled), (1, scheduled + retrying - met), (2, -retrying), (4, live), (7, met - live))
      AS c (state, n) WHERE c.n <> 0;
  END IF;
END $$;

-- Claims for a worker; answers JSON of how many of which queue and rank, and the jobs. f: up to where this process has
-- emptied a queue's rank just now, so that what was claimed before need not be passed over again; once nothing is found
-- behind it, the rank is read from its start. p_ahead: where the clock was set back, the time up to which jobs that were
-- ready may lie ahead of now.
CREATE FUNCTION millrace.claim(
  p_worker text, q_name text[], q_limit integer[], p_limit integer,
  f_queue text[], f_rank smallint[], f_due bigint[], f_seq bigint[], p_ahead bigint, OUT claims text, OUT jobs text
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off AS $$
DECLARE
  t bigint := millrace.now_ms();
  until bigint := greatest(t, p_ahead);
  next_token bigint;
  total integer := 0;
  room integer;
  bound smallint;
  floor_at integer;
  peek record;
  got record;
  this_rank smallint;
  due bigint := 0;
  seq bigint := 0;
  next_due bigint;
  first_due bigint;
  claimed text[] := '{}';
  stopped text[];
BEGIN
  IF NOT EXISTS (SELECT 1 FROM millrace.worker WHERE id = p_worker AND lease_until > t) THEN
    claims := '{"expired":true}';
    RETURN;
  END IF;
  stopped := ARRAY(SELECT queue FROM millrace.paused);
  FOR q IN 1 .. coalesce(cardinality(q_name), 0) LOOP
    room := least(q_limit[q], p_limit - total);
    CONTINUE WHEN room <= 0 OR q_name[q] = ANY (stopped);
    bound := -32768;
    first_due := NULL;
    LOOP
      -- The next rank: one that has a floor, or one before it that the index knows of.
      floor_at := NULL;
      FOR f IN 1 .. coalesce(cardinality(f_queue), 0) LOOP
        IF f_queue[f] = q_name[q] AND f_rank[f] > bound AND (floor_at IS NULL OR f_rank[f] < f_rank[floor_at]) THEN
          floor_at := f;
        END IF;
      END LOOP;
      SELECT w.rank, w.due_at INTO peek FROM millrace.waiting AS w
      WHERE w.queue = q_name[q] AND w.rank > bound AND w.rank < coalesce(f_rank[floor_at], 32767)
      ORDER BY w.queue, w.rank, w.due_at, w.seq LIMIT 1;
      IF FOUND THEN
        this_rank := peek.rank;
        due := -9223372036854775808;
        seq := 0;
      ELSIF floor_at IS NOT NULL THEN
        this_rank := f_rank[floor_at];
        due := f_due[floor_at];
        seq := f_seq[floor_at];
      ELSE
        EXIT;
      END IF;
      IF peek.rank IS NULL OR peek.due_at <= until THEN
        LOOP
          next_token := coalesce(next_token, nextval('millrace.token'));
          SELECT * INTO got FROM millrace.claim_rank(q_name[q], this_rank, room, due, seq, p_worker, next_token, t, until);
          IF got.live > 0 THEN
            claimed := claimed || ('[' || to_json(q_name[q])::text || ',' || this_rank || ',' || got.live || ']');
            jobs := concat_ws(chr(31), jobs, got.jobs);
            total := total + got.live;
            room := room - got.live;
          END IF;
          EXIT WHEN room <= 0;
          -- Less than there was room for: expired ones took the place, or something lies before the floor.
          EXIT WHEN got.met = got.live AND due < 0;
          IF got.met = got.live THEN
            due := -9223372036854775808;
          END IF;
        END LOOP;
        EXIT WHEN room <= 0;
      END IF;
      SELECT w.due_at INTO peek FROM millrace.waiting AS w
      WHERE w.queue = q_name[q] AND w.rank = this_rank AND w.due_at > t ORDER BY w.queue, w.rank, w.due_at LIMIT 1;
      first_due := least(first_due, peek.due_at);
      bound := this_rank;
    END LOOP;
    IF room > 0 THEN next_due := least(next_due, first_due); END IF;
  END LOOP;
  claims := '{"token":' || coalesce(next_token, 0) || ',"now":' || t
    || ',"nextDue":' || coalesce(CASE WHEN total < p_limit THEN next_due END::text, 'null')
    || ',"claimed":[' || array_to_string(claimed, ',') || ']}';
END $$;

-- Begins careful attempts (b); answers the seqs of those that are still theirs.
CREATE FUNCTION millrace.begin(b_seq bigint[], b_token bigint[]) RETURNS bigint[] LANGUAGE sql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off AS $$
  WITH started AS (
    UPDATE millrace.active AS a SET begun = true FROM unnest(b_seq, b_token) AS b (seq, token)
    WHERE a.seq = b.seq AND a.token = b.token RETURNING a.seq
  )
  SELECT coalesce(array_agg(seq), '{}') FROM started
$$;

-- Gives back all that is active under the worker's name but these attempts: it never heard that it had claimed them.
-- Answers the queues they are in.
CREATE FUNCTION millrace.keep_only(p_worker text, h_seq bigint[], h_token bigint[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  seqs bigint[];
  tokens bigint[];
BEGIN
  SELECT array_agg(a.seq), array_agg(a.token) INTO seqs, tokens FROM millrace.active AS a
  WHERE a.worker = p_worker
    AND NOT EXISTS (SELECT 1 FROM unnest(h_seq, h_token) AS h (seq, token) WHERE h.seq = a.seq AND h.token = a.token);
  IF seqs IS NULL THEN RETURN NULL; END IF;
  PERFORM millrace.settle('{}', '{}', '{}', '{}', seqs, tokens, array_fill(5, ARRAY[cardinality(seqs)]), '{}', '{}', '{}');
  RETURN ARRAY(SELECT DISTINCT queue FROM millrace.job WHERE seq = ANY (seqs));
END $$;

-- One round trip of a worker: settles, begins, keeps only what it holds where `h_seq` is given, and claims where
-- `p_limit` is.
-- Its commit is as durable as the server is set to: workers outlive a crash of the server, and would wait for ever for
-- what they were told is settled, or share a token that was handed out twice.
CREATE FUNCTION millrace.exchange(
  p_worker text,
  s_seq bigint[], s_token bigint[], s_queue text[], s_result text[],
  o_seq bigint[], o_token bigint[], o_kind integer[], o_delay bigint[], o_error text[], o_reason text[],
  b_seq bigint[], b_token bigint[], h_seq bigint[], h_token bigint[],
  q_name text[], q_limit integer[], p_limit integer,
  f_queue text[], f_rank smallint[], f_due bigint[], f_seq bigint[], p_ahead bigint,
  OUT settled bigint[], OUT begun bigint[], OUT given_back text[], OUT claims text, OUT jobs text
) LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(s_seq) > 0 OR cardinality(o_seq) > 0 THEN
    settled := millrace.settle(s_seq, s_token, s_queue, s_result, o_seq, o_token, o_kind, o_delay, o_error, o_reason);
  END IF;
  IF cardinality(b_seq) > 0 THEN begun := millrace.begin(b_seq, b_token); END IF;
  IF h_seq IS NOT NULL THEN given_back := millrace.keep_only(p_worker, h_seq, h_token); END IF;
  IF p_limit IS NOT NULL THEN
    SELECT c.claims, c.jobs INTO claims, jobs
    FROM millrace.claim(p_worker, q_name, q_limit, p_limit, f_queue, f_rank, f_due, f_seq, p_ahead) AS c;
  END IF;
END $$;
