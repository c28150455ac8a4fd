-- Remembers what an attempt has done, as long as it is the job's current one.
-- in:  B act (0 begin, 1 complete, 2 forget), I5 number (0: look it up), c16 key, I6 token, I4c0 value, I2c0 name
-- out: nothing where another attempt owns the job; else B known (0 not, 1 is), and then its value
-- uses: jobs
-- keys: checkpoints pieces

local BEGIN, COMPLETE = 0, 1
-- A value begins with what it is: s started, n done without a value, d done.
local STARTED = 's'

local act, seq, key, token, value, name = unpack_from('>BI5c16I6I4c0I2c0', request)
if seq == 0 then seq = find(key) or 0 end
local number = field(seq)
local text = redis.call('HGET', active, number)
local job = text and read_record(text)
if not job or job.token ~= token then return false end

local member = number .. name
local known = redis.call('HGET', checkpoints, member)

local function keep(new)
  redis.call('HSET', checkpoints, member, new)
  redis.call('ZADD', pieces, 0, member)
  if bits(job.notes, PIECES) > 0 then return end
  job.notes = job.notes + PIECES
  redis.call('HSET', active, number, write_record(job))
end

if act == BEGIN then
  if known then return '\1' .. known end
  keep(STARTED)
elseif act == COMPLETE then
  keep(value)
elseif known == STARTED then
  redis.call('HDEL', checkpoints, member)
  redis.call('ZREM', pieces, member)
end
return '\0'
