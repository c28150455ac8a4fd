DELETE FROM millrace_worker WHERE id = ?
