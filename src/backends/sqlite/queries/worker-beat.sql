-- 1 id, 2 lease_until, 3 lease_ms, 4 now, 5 info
INSERT INTO millrace_worker (id, lease_until, lease_ms, beats, suspected_at, seen_at, info) VALUES (?, ?, ?, 1, NULL, ?, ?)
ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, lease_ms = excluded.lease_ms, beats = beats + 1,
  suspected_at = NULL, seen_at = excluded.seen_at, info = excluded.info
