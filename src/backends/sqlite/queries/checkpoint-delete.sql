DELETE FROM millrace_checkpoint WHERE seq = ? AND key = ? AND done = 0
