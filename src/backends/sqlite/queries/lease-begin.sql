-- A careful job's attempt begins, where it is the current one. 1 seq, 2 token
UPDATE millrace_lease SET begun = 1 WHERE seq = ? AND token = ?
