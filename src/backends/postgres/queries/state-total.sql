-- 1 states
SELECT (SELECT coalesce(sum(n), 0) FROM millrace.count WHERE state = ANY ($1::smallint[]))
  + (SELECT coalesce(sum(n), 0) FROM millrace.count_change WHERE state = ANY ($1::smallint[])) AS n
