DELETE FROM millrace_held WHERE seq = ?
