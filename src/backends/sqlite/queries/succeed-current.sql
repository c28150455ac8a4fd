-- Which of the attempts are still their jobs' current ones. 1 JSON array of [seq, token, result]
SELECT l.seq FROM json_each(?) AS e CROSS JOIN millrace_lease AS l ON l.seq = e.value ->> 0 AND l.token = e.value ->> 1
