DELETE FROM millrace_lease WHERE seq = ?
