-- How many ever came to an end, by queue and state (5 to 7). Queues that hold jobs have a row each at least.
SELECT queue, state, entered FROM millrace_count ORDER BY queue, state
