-- 1 queues
DELETE FROM millrace.paused WHERE queue = ANY ($1::text[])
