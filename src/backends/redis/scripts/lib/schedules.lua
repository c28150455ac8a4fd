-- Schedules by name (revision and row), their names in order, and those that have a time; and the firings of each.
-- keys: meta schedules schedule_names schedules_next schedules_held schedules_bell

local FIRINGS_KEPT = 1000

local function stand_at(times, name, time)
  if time then redis.call('ZADD', times, time, name) else redis.call('ZREM', times, name) end
end

-- In the slot of all other keys, since it begins with the name of one.
local function firings_of(name) return schedules .. ':firings:' .. name end

-- Firings have numbers, so that a page finds its place among those that come meanwhile.
local function note_firing(name, holder, text)
  local number = redis.call('HINCRBY', meta, 'firing', 1)
  redis.call('LPUSH', firings_of(name), pack('>I6I6I4', number, now, #holder) .. holder .. text)
end

local function trim_firings(name) redis.call('LTRIM', firings_of(name), 0, FIRINGS_KEPT - 1) end

-- A row as it is answered; nothing where there is none.
local function row_of(name)
  local stored = redis.call('HGET', schedules, name) or ''
  return pack('>I4', #stored) .. stored
end
