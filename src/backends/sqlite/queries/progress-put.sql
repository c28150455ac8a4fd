-- 1 seq, 2 token, 3 progress
INSERT INTO millrace_progress (seq, token, progress) VALUES (?, ?, ?)
ON CONFLICT (seq) DO UPDATE SET token = excluded.token, progress = excluded.progress
