-- Every worker that holds jobs, with its lease where it has one.
SELECT held.worker AS id, w.lease_until, w.lease_ms, w.beats, w.suspected_at
FROM (SELECT DISTINCT worker FROM millrace_lease) AS held LEFT JOIN millrace_worker AS w ON w.id = held.worker
