SELECT coalesce(json_agg(queue ORDER BY queue), '[]')::text AS rows FROM millrace.paused
