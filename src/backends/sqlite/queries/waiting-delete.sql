-- 1 queue, 2 rank, 3 due, 4 seq
DELETE FROM millrace_waiting WHERE queue = ? AND rank = ? AND due_at = ? AND seq = ?
