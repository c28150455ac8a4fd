-- Settles and begins the attempts of a request; each as exchange.lua describes.
-- uses: jobs attempts bells

local SUCCEED, RETRY, FAIL, CANCEL, SNOOZE, RELEASE, BEGIN = 0, 1, 2, 3, 4, 5, 6

-- The queues that the request speaks of, by their index: to be filled first.
local queues = {}
local lost, settled_fields, settled_records, finished = {}, {}, {}, {}
-- Of the settled attempts: how many each worker had, and how many succeeded in each of the queues.
local freed, successes = {}, {}
-- When they ended, without a reason; the same as a score, since numbers are dear to hand over.
local ENDED_NOW, SCORE, NO_ERROR = NOW .. '\0', string.format('%d', now), '\0\0\0\0'
-- Flags of a record that outlast the attempt.
local KEPT_NOTES = 30

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
  job.field, job.seq, job.notes = number, (unpack_from('>I5', number)), without_unbegun(job.notes)
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
    job.attempt = job.attempt - 1
    wait_again(job, SCHEDULED, now + delay)
  else
    job.attempt = job.attempt - 1
    wait_again(job, PENDING, job.due)
  end
end

-- The common end changes bytes of the record and reads nothing else: what the job is, is not looked at.
local function succeed(number, record, start, worker_ends)
  local index, _, with_result, _, text = unpack_from('>I2BBc7I4c0', request, start + 27)
  local n = #finished
  settled_records[n + 1] = number
  settled_records[n + 2] = string.char(SUCCEEDED, bits(record:byte(2), KEPT_NOTES) + with_result)
    .. record:sub(3, 25) .. ENDED_NOW .. record:sub(33, worker_ends) .. NO_ERROR .. text
  finished[n + 1] = SCORE
  finished[n + 2] = number
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

-- A careful job is started by its worker once this is answered.
local function begin(number, record)
  local notes = record:byte(2)
  if bits(notes, UNBEGUN) == 0 then return end
  redis.call('HSET', active, number, record:sub(1, 1) .. string.char(notes - UNBEGUN) .. record:sub(3))
end

local function settle_all(worker)
  local starts, fields = find_settlements()
  local records, done = fetch(active, fields), {}
  local own, own_ends, own_freed = pack('>I2c0', #worker, worker), 34 + #worker, 0
  for i = 1, #starts do
    local number, record, start = fields[i], records[i], starts[i]
    if record and not done[number] and record:sub(3, 8) == request:sub(start + 21, start + 26) then
      local kind = request:byte(start + 29)
      if kind == BEGIN then
        begin(number, record)
      else
        done[number] = true
        settled_fields[#settled_fields + 1] = number
        local worker_ends = own_ends
        if record:sub(33, own_ends) == own then
          own_freed = own_freed + 1
        else
          worker_ends = 34 + unpack_from('>I2', record, 33)
          local holder_of = record:sub(35, worker_ends)
          freed[holder_of] = (freed[holder_of] or 0) + 1
        end
        if kind == SUCCEED then
          succeed(number, record, start, worker_ends)
        else
          settle(number, record, start)
        end
      end
    else
      lost[#lost + 1] = i
    end
  end
  if own_freed > 0 then freed[worker] = own_freed end
  write_settled()
end
