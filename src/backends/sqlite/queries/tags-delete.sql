DELETE FROM millrace_tag WHERE seq = ?
