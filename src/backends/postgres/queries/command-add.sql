-- 1 worker, 2 command
INSERT INTO millrace.command (worker, command) VALUES ($1::text, $2::text)
