-- 1 schedule, 2 due, 3 now, 4 outcome, 5 manual, 6 count, 7 job id
INSERT INTO millrace_firing (schedule, due_at, at, outcome, manual, count, job_id) VALUES (?, ?, ?, ?, ?, ?, ?)
