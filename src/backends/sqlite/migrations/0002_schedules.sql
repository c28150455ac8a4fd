-- Schedules are rows with their next time. What nobody looks for is in the body, as JSON.

CREATE TABLE millrace_schedule (
  name TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  next_at INTEGER,
  held_at INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX millrace_schedule_next ON millrace_schedule (next_at) WHERE paused = 0 AND next_at IS NOT NULL;
CREATE INDEX millrace_schedule_held ON millrace_schedule (held_at) WHERE paused = 0 AND held_at IS NOT NULL;

-- Revisions grow over all schedules, so that one whose name is used again never has an old one's.
CREATE TABLE millrace_revision (latest INTEGER NOT NULL) STRICT;
INSERT INTO millrace_revision (latest) VALUES (0);

-- The latest firings of each schedule.
CREATE TABLE millrace_firing (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  manual INTEGER NOT NULL,
  count INTEGER NOT NULL,
  job_id TEXT
) STRICT;
CREATE INDEX millrace_firing_schedule ON millrace_firing (schedule, n);
