UPDATE millrace_token SET latest = latest + 1
