-- The same for failed and cancelled ones. 1 state, 2 seq, 3 limit
SELECT f.seq, j.queue, f.finished_at FROM millrace_finished AS f INDEXED BY millrace_finished_badly CROSS JOIN millrace_job AS j ON j.seq = f.seq
WHERE f.state > 5 AND f.state = ? AND f.seq > ? ORDER BY f.seq LIMIT ?
