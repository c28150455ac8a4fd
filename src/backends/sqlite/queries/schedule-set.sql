-- The compare-and-set: changes nothing where the row has another revision.
-- 1 new revision, 2 paused, 3 next time, 4 held time, 5 body, 6 name, 7 revision it was made from
UPDATE millrace_schedule SET revision = ?, paused = ?, next_at = ?, held_at = ?, body = ?
WHERE name = ? AND revision = ?
