SELECT seq FROM millrace_job WHERE id = ?
