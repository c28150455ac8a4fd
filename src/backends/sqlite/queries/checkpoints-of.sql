SELECT key, done, value FROM millrace_checkpoint WHERE seq = ?
