UPDATE millrace_worker SET suspected_at = beats WHERE id = ?
