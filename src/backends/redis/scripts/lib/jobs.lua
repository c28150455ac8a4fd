-- A job whole: what was enqueued (its body) and what has become of it since (its record). A job that waits as it was
-- enqueued has no record; one that runs has it in `active`, any other in `states`.
-- uses: counts pages ids places
-- keys: active states succeeded failed cancelled held

local SCHEDULED, PENDING, RETRYING, BLOCKED, ACTIVE = 0, 1, 2, 3, 4
local SUCCEEDED, FAILED, CANCELLED = 5, 6, 7
-- Flags of a body: a due time of its own, an expiry, an id that cannot be read off the key, options, tags in them, a unique key.
local DUE, EXPIRES, OPTIONS, TAGGED, KEYED, NAMED = 1, 2, 4, 8, 16, 32
-- Flags of a record: a result; what is kept elsewhere with the job; and an attempt that was claimed and has not begun.
local RESULT, TRIED, LOGGED, PIECES, PROGRESS, UNBEGUN = 1, 2, 4, 8, 16, 32
-- Reasons of an end that the scripts themselves give.
local EXHAUSTED, QUARANTINED, EXPIRED = 1, 5, 7
local MOST_ATTEMPTS = 2 ^ 24 - 1
local FINISHED = { [SUCCEEDED] = succeeded, [FAILED] = failed, [CANCELLED] = cancelled }

-- Flags, key, rank, times, the most attempts and the queue of a body; where its task begins, and where the part begins
-- that is replaced as a whole.
local function read_body(body)
  local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
  local due, expires = created, nil
  if bits(flags, DUE) > 0 then due, from = unpack_from('>I6', body, from) end
  if bits(flags, EXPIRES) > 0 then expires, from = unpack_from('>I6', body, from) end
  if bits(flags, NAMED) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
  local most, queue, task_at = unpack_from('>I3I2c0', body, from)
  return flags, key, rank, created, due, expires, most, queue, task_at, from
end

-- The id of a body, as it stands in it: nothing where the key tells it.
local function name_in(flags, body)
  if bits(flags, NAMED) == 0 then return '' end
  local from = 25 + (bits(flags, DUE) > 0 and 6 or 0) + (bits(flags, EXPIRES) > 0 and 6 or 0)
  return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end

-- When the job was due as it was stored; nil where that was at once.
local function first_due(flags, body) return bits(flags, DUE) > 0 and (unpack_from('>I6', body, 25)) or nil end

-- The most attempts of a body.
local function most_in(flags, body)
  if bits(flags, DUE + EXPIRES + NAMED) == 0 then return (unpack_from('>I3', body, 25)) end
  local from = 25 + (bits(flags, DUE) > 0 and 6 or 0) + (bits(flags, EXPIRES) > 0 and 6 or 0)
  if bits(flags, NAMED) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
  return (unpack_from('>I3', body, from))
end

-- `name` is what stands in a body for its id, or nothing.
local function write_body(flags, key, rank, created, due, expires, name, rest)
  return pack('>Bc16BI6', flags, key, rank, created)
    .. (bits(flags, DUE) > 0 and pack('>I6', due) or '')
    .. (bits(flags, EXPIRES) > 0 and pack('>I6', expires) or '')
    .. name
    .. rest
end

-- The table of a job; it has all its fields from the start, since growing tables is what takes longest here.
local function read_record(text)
  local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
    unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
  return {
    state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
    finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
    seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
    task_at = 0, rest_at = 0, has_record = true,
  }
end

local function write_record(job)
  return pack(
    '>BBI6I3I2I6I6I6BI2c0I4c0',
    job.state, job.notes, job.token, math.max(0, math.min(job.attempt, MOST_ATTEMPTS)), job.lost, job.due,
    job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
  ) .. job.result
end

-- The state of a job without a record.
local function first_state(created, due) return due > created and SCHEDULED or PENDING end

-- What the record of a job would be that waits as it was enqueued.
local function first_record(created, due)
  return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end

-- Records read ahead: field -> text or false.
local read_ahead = {}
local function open_records(seqs)
  local fields = {}
  for i = 1, #seqs do fields[i] = field(seqs[i]) end
  local found = fetch(states, fields)
  for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end

-- The job with this number as a table, or nil.
local function load(seq)
  local body = seq and body_of(seq)
  if not body then return nil end
  local number = field(seq)
  local text = read_ahead[number]
  if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
  local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
  local job = read_record(text or first_record(created, due))
  job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
  job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
  job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
  return job
end

-- What stays of a record's flags when the attempt is over, whether it had begun or not.
local function without_unbegun(notes) return notes - bits(notes, UNBEGUN) end

local function is_waiting(job) return job.state <= RETRYING end

local function is_expired(job) return job.state <= RETRYING and job.expires and job.expires <= now end

-- Takes a job out of its place and the counts, so that it can be changed.
local function leave(job)
  read_ahead[job.field] = nil
  count(job.queue, job.state, -1)
  if job.state == PENDING then
    redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
  elseif job.state == SCHEDULED or job.state == RETRYING then
    redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
  elseif job.state == ACTIVE then
    job.notes = without_unbegun(job.notes)
    redis.call('HDEL', active, job.field)
    if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
  elseif FINISHED[job.state] then
    redis.call('ZREM', FINISHED[job.state], job.field)
  end
end

-- Puts a job where its state says.
local function enter(job)
  count(job.queue, job.state, 1)
  redis.call('HSET', states, job.field, write_record(job))
  if job.state == PENDING then
    redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
  elseif job.state == SCHEDULED or job.state == RETRYING then
    redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
  elseif FINISHED[job.state] then
    redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
  end
end

-- Ends the life of a job that has left its place.
local function finish(job, state, reason)
  job.state, job.reason, job.finished = state, reason, now
  enter(job)
end
