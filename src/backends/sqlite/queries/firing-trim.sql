-- Keeps the latest ones.
-- 1 schedule, 2 schedule, 3 how many
DELETE FROM millrace_firing WHERE schedule = ? AND n <= (
  SELECT n FROM millrace_firing WHERE schedule = ? ORDER BY n DESC LIMIT 1 OFFSET ?)
