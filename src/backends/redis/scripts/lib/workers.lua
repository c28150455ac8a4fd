-- The register of workers: until when each has its lease.
-- keys: leases

-- Until when, how long it was given for, when it was last heard of, how often, and at which beat it was suspected.
local LEASE = '>I6I6I6I4I4'

local function lease_of(worker)
  local text = redis.call('HGET', leases, worker)
  if not text then return nil end
  local lease = {}
  lease.till, lease.length, lease.seen, lease.beats, lease.suspected = unpack_from(LEASE, text)
  -- One that ends later than its own length from now was written before the clock was set back.
  lease.till = math.min(lease.till, now + lease.length)
  return lease
end

local function set_lease(worker, lease)
  redis.call('HSET', leases, worker, pack(LEASE, lease.till, lease.length, lease.seen, lease.beats, lease.suspected))
end

local function is_live(worker)
  local lease = lease_of(worker)
  return lease ~= nil and lease.till > now
end
