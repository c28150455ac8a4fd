-- Stores jobs that lived in another store, whole.
-- in:  I2 jobs; each: c16 key, B rank, B flags, I6 created, I6 due, I6 expires (0: never), I4c0 rest of the body,
--      I4c0 record; with flag NAMED: I2c0 id; with flag TAGGED: I2 tags, each I2c0; with flag KEYED: I2c0 unique key, I6 held until, B held in
--      states; I4c0 progress; I2 attempts, each I4c0; I4 log lines, each I4c0; I2 checkpoints, each I2c0 name, I4c0 value
-- uses: jobs unique tags bells
-- keys: meta attempts logs checkpoints pieces progress

local function read_list(count_format, each)
  local n
  n, at = unpack_from(count_format, request, at)
  local list = {}
  for i = 1, n do list[i], at = unpack_from(each, request, at) end
  return list
end

local function read_job()
  local job = {}
  job.key, job.rank, job.flags, job.created, job.due, job.expires, job.rest, job.record, at =
    unpack_from('>c16BBI6I6I6I4c0I4c0', request, at)
  job.name = ''
  if bits(job.flags, NAMED) > 0 then
    local id
    id, at = unpack_from('>I2c0', request, at)
    job.name = pack('>I2', #id) .. id
  end
  if bits(job.flags, TAGGED) > 0 then job.tags = read_list('>I2', '>I2c0') end
  if bits(job.flags, KEYED) > 0 then job.unique, job.till, job.held_in, at = unpack_from('>I2c0I6B', request, at) end
  job.progress, at = unpack_from('>I4c0', request, at)
  job.attempts, job.logs, job.pieces = read_list('>I2', '>I4c0'), read_list('>I4', '>I4c0'), {}
  local n
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do
    local name, value
    name, value, at = unpack_from('>I2c0I4c0', request, at)
    job.pieces[i] = { name = name, value = value }
  end
  return job
end

-- A held job comes back in the state its times and attempts tell of; an active one has no worker here, and an
-- attempt that ran in the other store goes on nowhere.
local function revive(job)
  if job.state == ACTIVE then
    job.state, job.attempt = PENDING, math.max(0, job.attempt - 1)
  elseif job.state == BLOCKED then
    if job.due <= now then
      job.state = PENDING
    else
      job.state = job.attempt > 0 and job.error ~= '' and RETRYING or SCHEDULED
    end
  end
end

local function keep(job, given)
  for i = 1, #given.attempts do
    redis.call('ZADD', attempts, 0, job.field .. pack('>BI6', 0, i) .. given.attempts[i])
  end
  for i = 1, #given.logs do redis.call('ZADD', logs, 0, job.field .. pack('>BI6', 0, i) .. given.logs[i]) end
  for _, piece in ipairs(given.pieces) do
    redis.call('HSET', checkpoints, job.field .. piece.name, piece.value)
    redis.call('ZADD', pieces, 0, job.field .. piece.name)
  end
  if given.progress ~= '' then redis.call('HSET', progress, job.field, pack('>I6', 0) .. given.progress) end
  tag_with(given.tags or {}, job.field)
  job.notes = job.notes + (#given.attempts > 0 and TRIED or 0) + (#given.logs > 0 and LOGGED or 0)
    + (#given.pieces > 0 and PIECES or 0) + (given.progress ~= '' and PROGRESS or 0)
end

local function restore(given)
  if find(given.key) then return end
  local due = given.due ~= given.created and given.due or nil
  local flags = given.flags + (due and DUE or 0) + (given.expires > 0 and EXPIRES or 0)
  local body = write_body(flags, given.key, given.rank, given.created, due, given.expires, given.name, given.rest)
  local seq = add_body(body)
  remember(given.key, seq)
  local job = read_record(given.record)
  job.seq, job.field, job.rank = seq, field(seq), given.rank
  local _, queue = unpack_from('>I3I2c0', given.rest)
  job.queue = queue
  revive(job)
  keep(job, given)
  if given.unique and not holder(given.unique) then take_key(given.unique, seq, given.till, given.held_in) end
  enter(job)
  ring(queue)
end

local n
n, at = unpack_from('>I2', request)
for _ = 1, n do restore(read_job()) end
write_all()
return 1
