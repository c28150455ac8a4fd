-- 1 ids
SELECT millrace.request_cancel($1::text[]) AS rows
