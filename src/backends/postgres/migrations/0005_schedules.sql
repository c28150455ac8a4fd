-- Schedules are rows with their next time. What nobody looks for is in the body, as JSON.

CREATE TABLE millrace.schedule (
  name text COLLATE "C" PRIMARY KEY,
  revision bigint NOT NULL,
  paused boolean NOT NULL,
  next_at bigint,
  held_at bigint,
  body text NOT NULL
);
CREATE INDEX schedule_next ON millrace.schedule (next_at) WHERE NOT paused AND next_at IS NOT NULL;
CREATE INDEX schedule_held ON millrace.schedule (held_at) WHERE NOT paused AND held_at IS NOT NULL;

-- Revisions grow over all schedules, so that one whose name is used again never has an old one's.
CREATE SEQUENCE millrace.schedule_revision;

-- The latest firings of each schedule.
CREATE TABLE millrace.firing (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schedule text COLLATE "C" NOT NULL,
  due_at bigint NOT NULL,
  at bigint NOT NULL,
  outcome text NOT NULL,
  manual boolean NOT NULL,
  count integer NOT NULL,
  job_id text
);
CREATE INDEX firing_schedule ON millrace.firing (schedule, n);
