SELECT lease_until, seen_at FROM millrace_worker WHERE id = ?
