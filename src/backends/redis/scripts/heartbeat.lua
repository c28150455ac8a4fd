-- Registers a worker and extends its lease.
-- in:  I2c0 worker, I6 length of the lease in ms, I4c0 what it says of itself
-- out: 1, or 0 where its lease had run out
-- uses: drains workers
-- keys: workers

local worker, length, info = unpack_from('>I2c0I6I4c0', request)
local before = lease_of(worker)
set_lease(worker, {
  till = now + length,
  length = length,
  seen = now,
  beats = before and before.beats + 1 or 1,
  suspected = 0,
})
redis.call('HSET', workers, worker, info)
return (before == nil or before.till > now) and 1 or 0
