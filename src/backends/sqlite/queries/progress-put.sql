INSERT INTO millrace_progress (seq, progress) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET progress = excluded.progress
