-- 1 error, 2 seq
UPDATE millrace_job SET state = 1, lost = lost + 1, error = ? WHERE seq = ?
