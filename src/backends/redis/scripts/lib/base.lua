-- What every script begins with: the time, the request, and calls that carry many fields at once.
-- ARGV[1]: ms since 1970, or 0 for the server's own clock. ARGV[2]: the request, packed (big-endian).

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band

-- Lua can hand over some thousand arguments at most.
local MOST_ARGUMENTS = 4000

-- Calls a command with all arguments of the list, in as few calls as possible.
local function send(command, key, list)
  for from = 1, #list, MOST_ARGUMENTS do
    redis.call(command, key, unpack(list, from, math.min(from + MOST_ARGUMENTS - 1, #list)))
  end
end

-- The values of many fields, in order; false where there is none.
local function fetch(key, fields)
  if #fields <= MOST_ARGUMENTS then
    if #fields == 0 then return {} end
    return redis.call('HMGET', key, unpack(fields))
  end
  local values = {}
  for from = 1, #fields, MOST_ARGUMENTS do
    local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + MOST_ARGUMENTS - 1, #fields)))
    for i = 1, #some do values[#values + 1] = some[i] end
  end
  return values
end

-- A job's number as a field.
local function field(seq) return pack('>I5', seq) end

-- What a script has changed only in its own memory is written by these, at its end.
local writers = {}
local function write_all()
  for i = 1, #writers do writers[i]() end
end
