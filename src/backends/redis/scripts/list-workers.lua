-- Workers with a live lease.
-- out: each: I6 lease until, I6 seen, I4c0 what it said of itself
-- uses: workers
-- keys: workers

local out = {}
for _, worker in ipairs(redis.call('HKEYS', leases)) do
  local lease = lease_of(worker)
  local info = lease.till > now and redis.call('HGET', workers, worker)
  if info then out[#out + 1] = pack('>I6I6I4', lease.till, lease.seen, #info) .. info end
end
return table.concat(out)
