SELECT * FROM millrace_record WHERE id = ?
