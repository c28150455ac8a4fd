SELECT key, until, states FROM millrace_unique WHERE seq = ?
