-- Settles the attempts of a request; each as exchange.lua describes.
-- uses: jobs attempts bells

local SUCCEED, RETRY, FAIL, CANCEL, SNOOZE = 0, 1, 2, 3, 4

-- The queues that the request speaks of, by their index: to be filled first.
local queues = {}
local lost, settled_fields, settled_records, finished = {}, {}, {}, {}
-- Tokens of what is settled.
local settled_tokens = {}
-- Of the settled attempts: how many each worker had, and how many succeeded in each of the queues.
local freed, successes = {}, {}
local NOW = pack('>I6', now)
local NO_REASON, NO_ERROR = '\0', '\0\0\0\0'

-- Where the settlements stand in the request, and the fields of their jobs.
local function find_settlements()
  local starts, fields, n = {}, {}, nil
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do
    starts[i], fields[i] = at, request:sub(at, at + 4)
    if fields[i] == '\0\0\0\0\0' then fields[i] = field(find(request:sub(at + 5, at + 20)) or 0) end
    at = at + 42 + unpack_from('>I4', request, at + 38)
  end
  return starts, fields
end

local function wait_again(job, state, due)
  local _, _, rank, _, _, _, _, queue = read_body(body_of(job.seq))
  job.state, job.due = state, due
  redis.call('HSET', states, job.field, write_record(job))
  redis.call('ZADD', state == PENDING and ready or later, 0, place_of(queue, rank, due, job.seq))
  count(queue, state, 1)
  ring(queue)
end

local function stop(job, queue, state, reason, error)
  job.state, job.finished, job.reason, job.error = state, now, reason, error
  redis.call('HSET', states, job.field, write_record(job))
  redis.call('ZADD', FINISHED[state], now, job.field)
  count(queue, state, 1)
  ring_settled()
end

-- Every end but success.
local function settle(number, record, start)
  local index, kind, flag, reason, delay, text = unpack_from('>I2BBBI6I4c0', request, start + 27)
  local queue, job = queues[index], read_record(record)
  job.field, job.seq = number, (unpack_from('>I5', number))
  count(queue, ACTIVE, -1)
  if kind == RETRY then
    keep_attempt(job, RETRIED, now, text)
    job.error = text
    wait_again(job, RETRYING, now + delay)
  elseif kind == FAIL then
    keep_attempt(job, FAILED_ATTEMPT, now, text)
    if flag == 0 then job.attempt = job.attempt - 1 end
    stop(job, queue, FAILED, reason, text)
  elseif kind == CANCEL then
    keep_attempt(job, CANCELLED_ATTEMPT, now, text)
    stop(job, queue, CANCELLED, reason, text)
  elseif kind == SNOOZE then
    keep_attempt(job, SNOOZED, now, '')
    job.attempt = job.attempt - 1
    wait_again(job, SCHEDULED, now + delay)
  else
    job.attempt = job.attempt - 1
    wait_again(job, PENDING, job.due)
  end
end

-- The common end changes bytes of the record and reads nothing else: what the job is, is not looked at.
local function succeed(number, record, start, worker_ends)
  local notes, index, length = record:byte(2), unpack_from('>I2', request, start + 27), unpack_from('>I4', request, start + 38)
  settled_records[#settled_records + 1] = number
  settled_records[#settled_records + 1] = string.char(SUCCEEDED, notes - bits(notes, RESULT) + request:byte(start + 30))
    .. record:sub(3, 25) .. NOW .. NO_REASON .. record:sub(33, worker_ends) .. NO_ERROR
    .. request:sub(start + 42, start + 41 + length)
  finished[#finished + 1] = now
  finished[#finished + 1] = number
  successes[index] = (successes[index] or 0) + 1
end

local function write_settled()
  send('HSET', states, settled_records)
  send('ZADD', succeeded, finished)
  send('HDEL', active, settled_fields)
  for name, n in pairs(freed) do
    if redis.call('HINCRBY', held, name, -n) <= 0 then redis.call('HDEL', held, name) end
  end
  for index, n in pairs(successes) do
    count(queues[index], ACTIVE, -n)
    count(queues[index], SUCCEEDED, n)
    ring_settled()
  end
end

local function settle_all()
  local starts, fields = find_settlements()
  local records, done = fetch(active, fields), {}
  for i = 1, #starts do
    local number, record, start = fields[i], records[i], starts[i]
    local token = request:sub(start + 21, start + 26)
    if record and not done[number] and record:sub(3, 8) == token then
      done[number] = true
      settled_fields[#settled_fields + 1] = number
      settled_tokens[#settled_tokens + 1] = token
      local worker_ends = 34 + unpack_from('>I2', record, 33)
      local holder_of = record:sub(35, worker_ends)
      freed[holder_of] = (freed[holder_of] or 0) + 1
      if request:byte(start + 29) == SUCCEED then
        succeed(number, record, start, worker_ends)
      else
        settle(number, record, start)
      end
    else
      lost[#lost + 1] = i
    end
  end
  write_settled()
end
