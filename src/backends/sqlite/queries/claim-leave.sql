-- They wait no longer. 1 queue, 2 rank, 3 and 4 due time and seq of the last one
DELETE FROM millrace_waiting WHERE queue = ? AND rank = ? AND (due_at, seq) <= (?, ?)
