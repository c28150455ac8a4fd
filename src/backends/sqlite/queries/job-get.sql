SELECT * FROM millrace_job WHERE id = ?
