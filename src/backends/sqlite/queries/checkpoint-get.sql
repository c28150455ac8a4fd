SELECT done, value FROM millrace_checkpoint WHERE seq = ? AND key = ?
