-- Removes a job and all that is kept with it.
-- uses: jobs tags
-- keys: attempts logs checkpoints pieces progress unique owned

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
