-- 1 now, 2 now
UPDATE millrace_worker SET lease_until = ? + lease_ms WHERE lease_until > ? + lease_ms
