-- Their leases end. 1 JSON array of [seq, token, result]
DELETE FROM millrace_lease WHERE seq IN (SELECT value ->> 0 FROM json_each(?))
