-- Tells subscribers, once a call, what may be of interest to them.
-- keys: jobs_bell settled_bell

local rung, any_settled = {}, false

-- Something may be claimable in the queue.
local function ring(queue) rung[queue] = true end

-- Some job has finished, or is gone.
local function ring_settled() any_settled = true end

writers[#writers + 1] = function()
  local names = {}
  for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
  if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
  if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
