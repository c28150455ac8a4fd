SELECT coalesce(sum(n), 0) AS n FROM millrace_count WHERE state = ?
