INSERT OR IGNORE INTO millrace_paused (queue) VALUES (?)
