-- 1 now, 2 reason, 3 seq
UPDATE millrace_job SET state = 7, finished_at = ?, reason = ? WHERE seq = ?
