-- How many jobs of each queue are in each state: a digit and the queue's name. And how many ever came to each end,
-- which only grows.
-- keys: counts ends

local FIRST_END = 5
local changes, ended = {}, {}

-- Adds to the jobs of a queue in a state.
local function count(queue, state, n)
  if n > 0 and state >= FIRST_END then
    local name = state .. queue
    ended[name] = (ended[name] or 0) + n
  end
  local by_state = changes[queue]
  if not by_state then
    by_state = {}
    changes[queue] = by_state
  end
  by_state[state] = (by_state[state] or 0) + n
end

local function add_count(name, n)
  if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end

writers[#writers + 1] = function()
  for queue, by_state in pairs(changes) do
    for state, n in pairs(by_state) do add_count(state .. queue, n) end
  end
  for name, n in pairs(ended) do redis.call('HINCRBY', ends, name, n) end
end
