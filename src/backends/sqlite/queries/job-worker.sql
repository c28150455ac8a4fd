SELECT state, worker FROM millrace_job WHERE id = ?
