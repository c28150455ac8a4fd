SELECT lease_until, seen_at, info FROM millrace_worker ORDER BY id
