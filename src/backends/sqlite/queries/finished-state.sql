SELECT state FROM millrace_finished WHERE seq = ?
