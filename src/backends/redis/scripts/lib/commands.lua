-- Commands that wait for workers, in order.
-- keys: commands control_bell

-- Leaves a command for a worker and wakes it.
local function leave_command(worker, text)
  redis.call('HSET', commands, worker, (redis.call('HGET', commands, worker) or '') .. pack('>I4', #text) .. text)
  redis.call('PUBLISH', control_bell, worker)
end
