INSERT INTO millrace_log (seq, attempt, at, level, message, fields) VALUES (?, ?, ?, ?, ?, ?)
