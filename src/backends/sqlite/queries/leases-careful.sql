-- Leased, and not begun until their worker says so. 1 JSON array of seq
UPDATE millrace_lease SET begun = 0 WHERE seq IN (SELECT value FROM json_each(?))
