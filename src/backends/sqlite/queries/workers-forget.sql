-- Workers that died without holding a job. 1 now
DELETE FROM millrace_worker WHERE lease_until + 10 * lease_ms < ? AND id NOT IN (SELECT worker FROM millrace_lease)
