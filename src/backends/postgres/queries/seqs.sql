-- 1 ids
SELECT coalesce(json_agg(json_build_array(id, seq)), '[]')::text AS rows FROM millrace.job WHERE id = ANY ($1::text[])
