-- Succeeded jobs from a place on, in the order in which they were stored. 1 seq, 2 limit
SELECT f.seq, j.queue, f.finished_at FROM millrace_finished AS f CROSS JOIN millrace_job AS j ON j.seq = f.seq
WHERE f.state = 5 AND f.seq > ? ORDER BY f.seq LIMIT ?
