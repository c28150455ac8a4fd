SELECT state, finished_at FROM millrace_finished WHERE seq = ?
