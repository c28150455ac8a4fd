INSERT INTO millrace_command (worker, command) VALUES (?, ?)
