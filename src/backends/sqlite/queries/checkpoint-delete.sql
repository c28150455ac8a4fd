DELETE FROM millrace_checkpoint WHERE seq = ? AND key = ?
