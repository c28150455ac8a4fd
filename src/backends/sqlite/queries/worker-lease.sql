SELECT lease_until, lease_ms FROM millrace_worker WHERE id = ?
