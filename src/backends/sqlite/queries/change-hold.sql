UPDATE millrace_job SET state = 3 WHERE seq = ?
