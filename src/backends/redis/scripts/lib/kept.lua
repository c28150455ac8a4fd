-- Packs jobs for their readers, as `get.lua` describes.
-- uses: jobs
-- keys: attempts logs progress checkpoints pieces unique owned

local ATTEMPTS, LOGS, CHECKPOINTS, KEY = 1, 2, 4, 8
-- What stands before the text of a member: the job's number; and the order of the members.
local NUMBER_BYTES, ORDER_BYTES = 5, 7

local function sized(text) return pack('>I4', #text) .. text end

local function shown_members(key, job, most)
  local from, to = '[' .. job.field, '(' .. field(job.seq + 1)
  local members = most > 0 and redis.call('ZREVRANGEBYLEX', key, to, from, 'LIMIT', 0, most)
    or redis.call('ZREVRANGEBYLEX', key, to, from)
  local parts = { pack('>I4', #members) }
  for i = #members, 1, -1 do parts[#parts + 1] = sized(members[i]:sub(NUMBER_BYTES + ORDER_BYTES + 1)) end
  return table.concat(parts)
end

local function shown_pieces(job)
  local members = redis.call('ZRANGEBYLEX', pieces, '[' .. job.field, '(' .. field(job.seq + 1))
  local values, parts = fetch(checkpoints, members), { pack('>I4', #members) }
  for i = 1, #members do
    parts[#parts + 1] = sized(members[i]:sub(NUMBER_BYTES + 1))
    parts[#parts + 1] = sized(values[i])
  end
  return table.concat(parts)
end

local function shown_key(job)
  local key = bits(job.flags, KEYED) > 0 and redis.call('HGET', owned, job.field)
  local entry = key and redis.call('HGET', unique, key)
  if not entry then return pack('>I2I6B', 0, 0, 0) end
  local _, till, held_in = unpack_from('>I5I6B', entry)
  return pack('>I2c0I6B', #key, key, till, held_in)
end

-- Progress belongs to one attempt, and a new one begins without.
local function shown_progress(job)
  local text = bits(job.notes, PROGRESS) > 0 and redis.call('HGET', progress, job.field)
  if not text or unpack_from('>I6', text) ~= job.token then return '' end
  return text:sub(7)
end

local NONE = pack('>I4', 0)

local function show(job, what, most)
  local record = job.has_record and write_record(job) or ''
  return table.concat({
    job.field,
    sized(job.body),
    sized(record),
    sized(shown_progress(job)),
    bits(what, ATTEMPTS) > 0 and bits(job.notes, TRIED) > 0 and shown_members(attempts, job, 0) or NONE,
    bits(what, LOGS) > 0 and bits(job.notes, LOGGED) > 0 and shown_members(logs, job, most) or NONE,
    bits(what, CHECKPOINTS) > 0 and bits(job.notes, PIECES) > 0 and shown_pieces(job) or NONE,
    bits(what, KEY) > 0 and shown_key(job) or pack('>I2I6B', 0, 0, 0),
  })
end
