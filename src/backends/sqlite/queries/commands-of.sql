SELECT n, command FROM millrace_command WHERE worker = ? ORDER BY n
