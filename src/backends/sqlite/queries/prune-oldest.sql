-- Finished jobs of a state from a place on, in the order in which they were stored. 1 state, 2 seq, 3 limit
SELECT seq, queue, finished_at FROM millrace_job INDEXED BY millrace_job_finished
WHERE state = ? AND state >= 5 AND seq > ? ORDER BY seq LIMIT ?
