DELETE FROM millrace_unique WHERE key = ?
