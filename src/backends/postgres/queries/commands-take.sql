-- Each command is taken once. 1 worker
WITH taken AS (DELETE FROM millrace.command WHERE worker = $1::text RETURNING n, command)
SELECT coalesce(json_agg(command ORDER BY n), '[]')::text AS rows FROM taken
