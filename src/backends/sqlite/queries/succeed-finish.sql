-- The usual end, many at once. 1 now, 2 JSON array of [seq, token, result]
INSERT INTO millrace_finished (seq, state, attempt, token, lost, worker, started_at, finished_at, result)
SELECT l.seq, 5, l.attempt, l.token, l.lost, l.worker, l.started_at, ?, e.value ->> 2
FROM json_each(?) AS e CROSS JOIN millrace_lease AS l ON l.seq = e.value ->> 0 AND l.token = e.value ->> 1
