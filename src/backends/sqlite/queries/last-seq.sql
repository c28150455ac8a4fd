SELECT seq FROM millrace_job ORDER BY seq DESC LIMIT 1
