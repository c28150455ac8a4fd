-- 1 schedule
DELETE FROM millrace_firing WHERE schedule = ?
