DELETE FROM millrace_paused WHERE queue = ?
