DELETE FROM millrace_progress WHERE seq = ?
