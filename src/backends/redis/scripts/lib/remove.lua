-- Removes a job and all that is kept with it.
-- keys: attempts logs checkpoints pieces progress tags unique owned

-- The tags of a job: they stand in its options, which are JSON.
local function tags_of(job)
  if bits(job.flags, TAGGED) == 0 then return {} end
  local _, from = unpack_from('>I2c0', job.body, job.task_at)
  return cjson.decode((unpack_from('>I4c0', job.body, from))).tags
end

local function tag_member(tag, job) return pack('>I2c0', #tag, tag) .. job.field end

local function untag(job)
  for _, tag in ipairs(tags_of(job)) do redis.call('ZREM', tags, tag_member(tag, job)) end
end

-- A key belongs to the job that took it last.
local function disown(job)
  if bits(job.flags, KEYED) == 0 then return end
  local key = redis.call('HGET', owned, job.field)
  if not key then return end
  redis.call('HDEL', owned, job.field)
  redis.call('HDEL', unique, key)
end

local function drop_members(key, job)
  redis.call('ZREMRANGEBYLEX', key, '[' .. job.field, '(' .. field(job.seq + 1))
end

local function remove(job)
  leave(job)
  if bits(job.notes, TRIED) > 0 then drop_members(attempts, job) end
  if bits(job.notes, LOGGED) > 0 then drop_members(logs, job) end
  if bits(job.notes, PROGRESS) > 0 then redis.call('HDEL', progress, job.field) end
  if bits(job.notes, PIECES) > 0 then
    local members = redis.call('ZRANGEBYLEX', pieces, '[' .. job.field, '(' .. field(job.seq + 1))
    send('HDEL', checkpoints, members)
    drop_members(pieces, job)
  end
  untag(job)
  disown(job)
  redis.call('HDEL', states, job.field)
  forget(job.key, job.seq)
  set_body(job.seq, nil)
end
