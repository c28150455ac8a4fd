-- How many jobs are in each state, by queue and in all.
-- keys: counts

local changes = {}

-- Adds to the jobs of a queue in a state.
local function count(queue, state, n)
  local digit = tostring(state)
  changes[digit] = (changes[digit] or 0) + n
  changes[digit .. queue] = (changes[digit .. queue] or 0) + n
end

writers[#writers + 1] = function()
  for name, n in pairs(changes) do
    if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
  end
end
