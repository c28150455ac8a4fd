-- Changes nothing where there is one of this name.
-- 1 name, 2 revision, 3 paused, 4 next time, 5 held time, 6 body
INSERT INTO millrace_schedule (name, revision, paused, next_at, held_at, body) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (name) DO NOTHING
