DELETE FROM millrace_finished WHERE seq = ?
