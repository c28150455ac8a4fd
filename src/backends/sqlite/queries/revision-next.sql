UPDATE millrace_revision SET latest = latest + 1 RETURNING latest
