-- The newest version, and the newest that a release which does not know it cannot go on with.
SELECT coalesce(max(version), 0) AS version, coalesce(max(version) FILTER (WHERE breaking), 0) AS broken_at
FROM millrace.migration
