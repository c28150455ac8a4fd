SELECT queue FROM millrace_paused ORDER BY queue
