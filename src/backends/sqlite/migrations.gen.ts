/** Generated from migrations/*.sql by `npm run sql`: edit those files instead. */
export const migrations: ReadonlyArray<{ readonly version: number; readonly name: string; readonly breaking: boolean; readonly sql: string }> = Object.freeze([
  { version: 1, name: 'jobs', breaking: false, sql: `CREATE TABLE millrace_job (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,   -- the order in which jobs were stored; never used twice
  id TEXT NOT NULL,
  task TEXT NOT NULL,
  queue TEXT NOT NULL,
  state INTEGER NOT NULL,                  -- see rows.ts
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  token INTEGER NOT NULL DEFAULT 0,        -- claims so far: fences late settles
  lost INTEGER NOT NULL DEFAULT 0,
  payload TEXT NOT NULL,
  expires_at INTEGER,
  options TEXT,                            -- JSON of what most jobs lack: timeout, retry rule, tags, meta
  worker TEXT,
  started_at INTEGER,
  finished_at INTEGER,
  result TEXT,
  reason TEXT,
  error TEXT,
  progress TEXT
) STRICT;

CREATE UNIQUE INDEX millrace_job_id ON millrace_job (id);
-- The claim's order is exactly this index's order; jobs that do not wait are not in it.
CREATE INDEX millrace_job_waiting ON millrace_job (queue, priority DESC, due_at, seq) WHERE state <= 2;
CREATE INDEX millrace_job_active ON millrace_job (worker) WHERE state = 4;
CREATE INDEX millrace_job_finished ON millrace_job (state, seq) WHERE state >= 5;

-- Jobs by queue and state, kept with every change, so that counting costs nothing.
CREATE TABLE millrace_count (
  queue TEXT NOT NULL,
  state INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (queue, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE millrace_tag (
  tag TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tag, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX millrace_tag_seq ON millrace_tag (seq);

-- Attempts that did not succeed. The running or succeeded one is read off the job itself.
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
  id TEXT NOT NULL,
  until INTEGER,                           -- taken until then, whatever becomes of the job
  states INTEGER NOT NULL                  -- bits of the states in which it is taken
) STRICT, WITHOUT ROWID;

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
) STRICT, WITHOUT ROWID;` },
])
