-- The tables of release 0.1. Every name starts with millrace_, since the file may be the application's own.
-- A job's own row is written once. Where the job stands is told by which of four small tables names it:
-- waiting, leased, held or finished. See docs/decisions/0002-sqlite-layout.md.

CREATE TABLE millrace_job (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,   -- the order in which jobs were stored; never used twice
  id TEXT NOT NULL,
  task TEXT NOT NULL,
  queue TEXT NOT NULL,
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  payload TEXT NOT NULL,
  expires_at INTEGER,
  options TEXT                             -- JSON of what most jobs lack: timeout, retry rule, tags, meta
) STRICT;
CREATE UNIQUE INDEX millrace_job_id ON millrace_job (id);

-- scheduled (0), pending (1) and retrying (2). The claim's order is exactly the key's order.
CREATE TABLE millrace_waiting (
  queue TEXT NOT NULL,
  rank INTEGER NOT NULL,                   -- the negative priority
  due_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  token INTEGER NOT NULL,                  -- of the latest claim: fences late settles
  lost INTEGER NOT NULL,
  worker TEXT,                             -- of the latest attempt, as are the next two
  started_at INTEGER,
  error TEXT,
  PRIMARY KEY (queue, rank, due_at, seq)
) STRICT, WITHOUT ROWID;

-- active (4)
CREATE TABLE millrace_lease (
  seq INTEGER PRIMARY KEY,
  attempt INTEGER NOT NULL,
  token INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  worker TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  error TEXT,
  begun INTEGER NOT NULL DEFAULT 1         -- 0 on a careful job that still waits in its worker
) STRICT;

-- blocked (3)
CREATE TABLE millrace_held (
  seq INTEGER PRIMARY KEY,
  attempt INTEGER NOT NULL,
  token INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  worker TEXT,
  started_at INTEGER,
  error TEXT
) STRICT;

-- succeeded (5), failed (6) and cancelled (7)
CREATE TABLE millrace_finished (
  seq INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  token INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  worker TEXT,
  started_at INTEGER,
  finished_at INTEGER NOT NULL,
  result TEXT,
  reason TEXT,
  error TEXT
) STRICT;
-- Nearly all succeed, so that walking the table finds those; the others are what people look for.
CREATE INDEX millrace_finished_badly ON millrace_finished (state, seq) WHERE state > 5;

-- A job whole, wherever it stands.
CREATE VIEW millrace_record AS
SELECT j.seq, j.id, j.task, j.queue, j.priority, j.due_at, j.created_at, j.version, j.max_attempts, j.payload, j.expires_at,
  j.options,
  coalesce(f.state, w.state, CASE WHEN l.seq IS NULL THEN 3 ELSE 4 END) AS state,
  coalesce(f.attempt, w.attempt, l.attempt, h.attempt) AS attempt,
  coalesce(f.token, w.token, l.token, h.token) AS token,
  coalesce(f.lost, w.lost, l.lost, h.lost) AS lost,
  coalesce(f.worker, w.worker, l.worker, h.worker) AS worker,
  coalesce(f.started_at, w.started_at, l.started_at, h.started_at) AS started_at,
  coalesce(f.error, w.error, l.error, h.error) AS error,
  f.finished_at, f.result, f.reason,
  (SELECT p.progress FROM millrace_progress AS p
   WHERE p.seq = j.seq AND p.token = coalesce(f.token, w.token, l.token, h.token)) AS progress
FROM millrace_job AS j
LEFT JOIN millrace_finished AS f ON f.seq = j.seq
LEFT JOIN millrace_waiting AS w ON w.queue = j.queue AND w.rank = -j.priority AND w.due_at = j.due_at AND w.seq = j.seq
LEFT JOIN millrace_lease AS l ON l.seq = j.seq
LEFT JOIN millrace_held AS h ON h.seq = j.seq;

-- Each claiming exchange takes the next token for all it claims, so that no token ever comes twice.
CREATE TABLE millrace_token (latest INTEGER NOT NULL) STRICT;
INSERT INTO millrace_token (latest) VALUES (0);

CREATE TABLE millrace_progress (
  seq INTEGER PRIMARY KEY,
  token INTEGER NOT NULL,                  -- of the attempt that said so: a new one starts without
  progress TEXT NOT NULL
) STRICT;

-- Jobs by queue and state, kept with every change, so that counting costs nothing.
CREATE TABLE millrace_count (
  queue TEXT NOT NULL,
  state INTEGER NOT NULL,
  n INTEGER NOT NULL,
  entered INTEGER NOT NULL,                -- how many ever came into the state: it only grows
  PRIMARY KEY (queue, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE millrace_tag (
  tag TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tag, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX millrace_tag_seq ON millrace_tag (seq);

-- Attempts that did not succeed. The running or succeeded one is read off the job's place.
CREATE TABLE millrace_attempt (
  seq INTEGER NOT NULL,
  token INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  worker TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  error TEXT,
  PRIMARY KEY (seq, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE millrace_log (
  line INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  fields TEXT
) STRICT;
CREATE INDEX millrace_log_seq ON millrace_log (seq);

CREATE TABLE millrace_unique (
  key TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  until INTEGER,                           -- taken until then, whatever becomes of the job
  states INTEGER NOT NULL                  -- bits of the states in which it is taken
) STRICT, WITHOUT ROWID;
CREATE INDEX millrace_unique_seq ON millrace_unique (seq);

CREATE TABLE millrace_checkpoint (
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  done INTEGER NOT NULL,
  value TEXT,
  PRIMARY KEY (seq, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE millrace_worker (
  id TEXT PRIMARY KEY,
  lease_until INTEGER NOT NULL,
  lease_ms INTEGER NOT NULL,
  beats INTEGER NOT NULL,
  suspected_at INTEGER,                    -- beats when its lease was first seen expired
  seen_at INTEGER NOT NULL,
  info TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE millrace_command (
  n INTEGER PRIMARY KEY,
  worker TEXT NOT NULL,
  command TEXT NOT NULL
) STRICT;
CREATE INDEX millrace_command_worker ON millrace_command (worker);

CREATE TABLE millrace_paused (
  queue TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
