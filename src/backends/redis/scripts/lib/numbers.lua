-- The exchanges of a sender have ascending numbers. The latest of each worker that claimed something is remembered: one
-- that comes twice, or after its successor, must not claim what nobody would know of.
-- keys: numbers

-- False for an exchange that is not new; another sender counts for itself.
local function is_new(worker, sender, number)
  local text = redis.call('HGET', numbers, worker)
  if not text then return true end
  local by, latest = unpack_from('>c8I6', text)
  return by ~= sender or number > latest
end

local function remember_number(worker, sender, number) redis.call('HSET', numbers, worker, pack('>c8I6', sender, number)) end

local function not_new() return redis.error_reply('MILLRACE exchange out of order') end
