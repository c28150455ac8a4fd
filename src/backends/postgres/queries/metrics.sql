-- By queue: the earliest due time that has passed, and how many jobs ever succeeded, failed and were cancelled.
WITH RECURSIVE lane AS (
  (SELECT queue, rank, due_at FROM millrace.waiting ORDER BY queue, rank, due_at LIMIT 1)
  UNION ALL
  -- One seek for each rank in use, however many jobs wait.
  SELECT n.queue, n.rank, n.due_at FROM lane AS l CROSS JOIN LATERAL (
    SELECT w.queue, w.rank, w.due_at FROM millrace.waiting AS w WHERE (w.queue, w.rank) > (l.queue, l.rank)
    ORDER BY w.queue, w.rank, w.due_at LIMIT 1) AS n
), entered AS (
  SELECT queue, state, entered FROM millrace.count
  UNION ALL SELECT queue, state, greatest(n, 0) FROM millrace.count_change
)
SELECT coalesce(json_agg(json_build_array(q.queue,
  (SELECT min(l.due_at) FROM lane AS l WHERE l.queue = q.queue AND l.due_at <= millrace.now_ms()),
  q.succeeded, q.failed, q.cancelled) ORDER BY q.queue), '[]')::text AS rows
FROM (SELECT queue, coalesce(sum(entered) FILTER (WHERE state = 5), 0) AS succeeded,
    coalesce(sum(entered) FILTER (WHERE state = 6), 0) AS failed,
    coalesce(sum(entered) FILTER (WHERE state = 7), 0) AS cancelled
  FROM entered GROUP BY queue) AS q
