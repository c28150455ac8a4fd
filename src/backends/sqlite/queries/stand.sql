-- Where a job stands. 1 id
SELECT seq, queue, priority, due_at, state, attempt, token, lost, worker, started_at, finished_at, error FROM millrace_record WHERE id = ?
