-- The highest seq ever used; no row before the first job.
SELECT seq FROM sqlite_sequence WHERE name = 'millrace_job'
