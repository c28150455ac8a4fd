SELECT id FROM millrace_job WHERE seq > ?
