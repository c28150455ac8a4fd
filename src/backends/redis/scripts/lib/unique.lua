-- Unique keys: who took each last, until when it is held, and in which states of the job.
-- uses: jobs
-- keys: unique owned

local function mask(state) return 2 ^ state end

-- The job that holds the key now, or nil.
local function holder(key)
  local entry = redis.call('HGET', unique, key)
  if not entry then return nil end
  local seq, till, held_in = unpack_from('>I5I6B', entry)
  local job = load(seq)
  if not job then return nil end
  if till > now then return job end
  -- A job that expired without anybody noticing will never run, so it must not stand for one that would.
  local state = is_expired(job) and CANCELLED or job.state
  return bits(held_in, mask(state)) > 0 and job or nil
end

-- Whoever had the key before has no claim to it any more.
local function take_key(key, seq, till, held_in)
  local before = redis.call('HGET', unique, key)
  if before then redis.call('HDEL', owned, before:sub(1, 5)) end
  redis.call('HSET', unique, key, pack('>I5I6B', seq, till, held_in))
  redis.call('HSET', owned, field(seq), key)
end
