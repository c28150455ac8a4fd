-- Workers that died a day ago. Until then one that comes back is told that its lease had run out. 1 now
DELETE FROM millrace_worker WHERE lease_until + 86400000 < ? AND id NOT IN (SELECT worker FROM millrace_lease)
