-- Jobs by queue and state, and how many differences are still to be summed up.
SELECT json_build_object('pending', (SELECT count(*) FROM millrace.count_change), 'rows',
  (SELECT coalesce(json_agg(json_build_array(c.queue, c.state, c.n) ORDER BY c.queue, c.state), '[]') FROM (
    SELECT queue, state, sum(n) AS n FROM (
      SELECT queue, state, n FROM millrace.count UNION ALL SELECT queue, state, n FROM millrace.count_change) AS a
    GROUP BY queue, state HAVING sum(n) <> 0) AS c))::text AS counts
