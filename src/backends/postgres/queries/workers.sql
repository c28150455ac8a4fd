SELECT coalesce(json_agg(json_build_array(lease_until, seen_at, info) ORDER BY id), '[]')::text AS rows
FROM millrace.worker WHERE lease_until > millrace.now_ms()
