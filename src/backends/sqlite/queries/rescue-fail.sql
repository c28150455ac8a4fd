-- 1 now, 2 reason, 3 error, 4 seq
UPDATE millrace_job SET state = 6, lost = lost + 1, finished_at = ?, reason = ?, error = ? WHERE seq = ?
