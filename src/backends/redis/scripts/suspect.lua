-- Looks for workers that hold jobs and have no live lease. A lease that ran out is only noted the first time: clocks
-- jump, and then every lease looks expired. Workers that have been dead for a day are forgotten.
-- out: each: I2c0 worker
-- uses: drains workers
-- keys: workers held numbers commands

local REMEMBER_DEAD_MS = 24 * 60 * 60 * 1000

local out, registered, holding = {}, {}, {}
local holders = redis.call('HGETALL', held)
for i = 1, #holders, 2 do
  if tonumber(holders[i + 1]) > 0 then holding[holders[i]] = true end
end

local function dead(worker) out[#out + 1] = pack('>I2c0', #worker, worker) end

for _, worker in ipairs(redis.call('HKEYS', leases)) do
  registered[worker] = true
  local lease = lease_of(worker)
  if lease.till <= now then
    if lease.suspected ~= lease.beats then
      lease.suspected = lease.beats
    elseif holding[worker] then
      dead(worker)
    elseif lease.till <= now - REMEMBER_DEAD_MS then
      for _, key in ipairs({ workers, leases, numbers }) do redis.call('HDEL', key, worker) end
      registered[worker], lease = nil, nil
    end
  end
  if lease then set_lease(worker, lease) end
end
for worker in pairs(holding) do
  if not registered[worker] then dead(worker) end
end
for _, worker in ipairs(redis.call('HKEYS', commands)) do
  if not registered[worker] then redis.call('HDEL', commands, worker) end
end
return table.concat(out)
