SELECT state FROM millrace_job WHERE seq = ?
