UPDATE millrace_job SET progress = ? WHERE seq = ?
