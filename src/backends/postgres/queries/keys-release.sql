-- 1 keys
DELETE FROM millrace.unique_key WHERE key = ANY ($1::text[])
