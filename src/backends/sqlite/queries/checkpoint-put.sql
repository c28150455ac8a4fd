-- 1 seq, 2 key, 3 done, 4 value
INSERT INTO millrace_checkpoint (seq, key, done, value) VALUES (?, ?, ?, ?)
ON CONFLICT (seq, key) DO UPDATE SET done = excluded.done, value = excluded.value
