SELECT latest FROM millrace_token
