SELECT queue, state, n FROM millrace_count WHERE n <> 0 ORDER BY queue, state
