SELECT lease_until, lease_ms, seen_at, info FROM millrace_worker ORDER BY id
