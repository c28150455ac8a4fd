-- The latest lines, newest first. 1 job id, 2 limit
SELECT at, level, message, fields, attempt FROM millrace_log
WHERE seq = (SELECT seq FROM millrace_job WHERE id = ?) ORDER BY line DESC LIMIT ?
