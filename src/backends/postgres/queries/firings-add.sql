-- 1 schedule, 2 firings as JSON
INSERT INTO millrace.firing (schedule, due_at, at, outcome, manual, count, job_id)
SELECT $1::text, f."dueAt", millrace.now_ms(), f.outcome, f.manual, f.count, f."jobId"
FROM json_to_recordset($2::json) AS f ("dueAt" bigint, outcome text, manual boolean, count integer, "jobId" text)
