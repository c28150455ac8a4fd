SELECT seq, queue, state, token FROM millrace_job WHERE id = ?
