-- 1 tag, 2 job id
INSERT OR IGNORE INTO millrace_tag (tag, seq) SELECT ?, seq FROM millrace_job WHERE id = ?
