-- Settles attempts, then claims jobs for the worker, in one step.
-- in:  I2c0 worker, c8 sender, I6 number of this exchange, I6 number of one whose answer was lost (0: none);
--      I2 queues, each I2c0; I2 settlements, each: I5 number (0: look it up by key), c16 key, I6 token, I2 queue
--      (index from 1), B kind, B flag (with a result, or the attempt counts), B reason, I6 delay, I4c0 text;
--      I2 queues to claim from, each: I2 queue, I3 limit; I3 limit in all
-- out: B lease expired, B the lost answer's exchange had happened, B more may be claimable, I6 ms until the next is
--      due, plus 1 (0: not known); I2 lost settlements of this call, each I2 index; I2 lost ones of the lost answer,
--      each I5 number, I6 token; I2 claimed jobs, each: I5 number, I6 token, I3 attempt, I6 due, I4c0 body
-- uses: drains jobs lines attempts bells workers
-- keys: meta replies paused

local SUCCEED, RETRY, FAIL, CANCEL, SNOOZE, RELEASE = 0, 1, 2, 3, 4, 5
-- Looks at no more jobs than this in one call, those included that expired or have left the line.
local MOST_LOOKED_AT = 1000

local worker, sender, number, lost_number
worker, sender, number, lost_number, at = unpack_from('>I2c0c8I6I6', request, at)
local queues = {}
do
  local n
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do queues[i], at = unpack_from('>I2c0', request, at) end
end

-- Settlements ---------------------------------------------------------------------------------------------------

local lost, settled_fields, settled_records, finished = {}, {}, {}, {}
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

-- Answers the numbers of the settlements, each with its token.
local function settle_all()
  local starts, fields = find_settlements()
  local records, done, named = fetch(active, fields), {}, {}
  for i = 1, #starts do
    local number, record, start = fields[i], records[i], starts[i]
    local token = request:sub(start + 21, start + 26)
    named[i] = number .. token
    if record and not done[number] and record:sub(3, 8) == token then
      done[number] = true
      settled_fields[#settled_fields + 1] = number
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
  return named
end

-- Claims --------------------------------------------------------------------------------------------------------

local claims, looked_at, next_due, more = {}, 0, nil, false

local function sooner(a, b)
  if a and b then return math.min(a, b) end
  return a or b
end

-- The lowest rank of a queue from this one on that has members, and the due time of its first.
local function seek(key, prefix, rank)
  local found = redis.call('ZRANGEBYLEX', key, '[' .. prefix .. pack('>B', rank), '(' .. prefix .. '\255', 'LIMIT', 0, 1)[1]
  if not found then return nil end
  return unpack_from('>BI6', found, #prefix + 1)
end

-- The first jobs of one rank from all places, as {due, seq, source, member}, in order.
local function candidates(line, prefix, rank, room)
  local ranked, list = prefix .. pack('>B', rank), {}
  local function add(key, upto)
    local members = redis.call('ZRANGEBYLEX', key, '[' .. ranked, '(' .. ranked .. upto, 'LIMIT', 0, room)
    for i = 1, #members do
      local due, seq = unpack_from('>I6I5', members[i], #ranked + 1)
      list[#list + 1] = { due = due, seq = seq, source = key, member = members[i] }
    end
  end
  add(ready, '\255')
  add(later, pack('>I6', now + 1))
  local seqs, due = line and line_peek(line, room) or {}, 0
  open_pages(seqs)
  for i = 1, #seqs do
    local body = body_of(seqs[i])
    -- Who is gone from the line stands where the one before stood: it has to be passed over in any case.
    if body then due = unpack_from('>I6', body, 19) end
    list[#list + 1] = { due = due, seq = seqs[i], source = false, member = false }
  end
  table.sort(list, function(a, b)
    if a.due ~= b.due then return a.due < b.due end
    return a.seq < b.seq
  end)
  for i = #list, room + 1, -1 do list[i] = nil end
  return list
end

local function expire(seq)
  local job = load(seq)
  leave(job)
  finish(job, CANCELLED, EXPIRED)
  ring_settled()
end

-- Claims a job that has left its place; answers whether it could be. `record` is false where it has none.
local function claim_one(queue, seq, number, body, record)
  local flags = body:byte(1)
  if bits(flags, EXPIRES) > 0 then
    local _, _, _, _, _, expires = read_body(body)
    if expires <= now then
      expire(seq)
      return false
    end
  end
  if record then
    claims[#claims + 1] = { number, body, record }
    count(queue, record:byte(1), -1)
  else
    local due = bits(flags, DUE) > 0 and body:sub(25, 30) or body:sub(19, 24)
    claims[#claims + 1] = { number, body, false, due }
    count(queue, due > body:sub(19, 24) and SCHEDULED or PENDING, -1)
  end
  count(queue, ACTIVE, 1)
  return true
end

-- Takes jobs off the head of a line; answers how many could be claimed. Who stands in a line has no record; who has
-- one, or runs, has left it.
local function claim_line(queue, line, seqs)
  line_drop(line, #seqs)
  open_pages(seqs)
  open_records(seqs)
  local fields, taken = {}, 0
  for i = 1, #seqs do fields[i] = field(seqs[i]) end
  local running = fetch(active, fields)
  for i = 1, #seqs do
    local body = body_of(seqs[i])
    if body and not running[i] and not read_ahead[fields[i]] and claim_one(queue, seqs[i], fields[i], body, false) then
      taken = taken + 1
    end
  end
  return taken
end

-- As `claim_line`, for a rank where jobs wait in several places.
local function claim_mixed(queue, line, list)
  local seqs, out, in_line = {}, { [ready] = {}, [later] = {} }, {}
  for i = 1, #list do
    local one = list[i]
    if one.source then
      seqs[#seqs + 1] = one.seq
      table.insert(out[one.source], one.member)
    end
  end
  send('ZREM', ready, out[ready])
  send('ZREM', later, out[later])
  open_pages(seqs)
  open_records(seqs)
  local taken = 0
  for i = 1, #list do
    local one = list[i]
    if not one.source then
      taken = taken + claim_line(queue, line, { one.seq })
    else
      local number, body = field(one.seq), body_of(one.seq)
      if body and claim_one(queue, one.seq, number, body, read_ahead[number]) then taken = taken + 1 end
    end
  end
  return taken
end

local function claim_rank(queue, prefix, rank, line, mixed, room)
  local taken = 0
  while taken < room and looked_at < MOST_LOOKED_AT do
    local list = mixed and candidates(line, prefix, rank, room - taken) or line_peek(line, room - taken)
    if #list == 0 then break end
    looked_at = looked_at + #list
    taken = taken + (mixed and claim_mixed(queue, line, list) or not mixed and claim_line(queue, line, list) or 0)
  end
  return taken
end

local function claim_queue(queue, room)
  local prefix, rank = queue_prefix(queue), 0
  local in_line, place = lines_of(queue), 1
  local any_ready, any_later, queue_due = true, true, nil
  while room > 0 and rank <= 255 do
    if looked_at >= MOST_LOOKED_AT then
      more = true
      return
    end
    local ready_rank = any_ready and seek(ready, prefix, rank) or nil
    local later_rank, later_due
    if any_later then later_rank, later_due = seek(later, prefix, rank) end
    any_ready, any_later = ready_rank ~= nil, later_rank ~= nil
    while in_line[place] and (in_line[place].rank < rank or in_line[place].head > in_line[place].tail) do place = place + 1 end
    local line = in_line[place]
    local first = math.min(ready_rank or 256, later_rank or 256, line and line.rank or 256)
    if first > 255 then break end
    if later_rank == first and later_due > now then queue_due = sooner(queue_due, later_due) end
    local is_line = line and line.rank == first
    local mixed = ready_rank == first or (later_rank == first and later_due <= now)
    if is_line or mixed then
      room = room - claim_rank(queue, prefix, first, is_line and line or nil, mixed, room)
      if room > 0 and later_rank == first then
        local next_rank, due = seek(later, prefix, first)
        if next_rank == first then queue_due = sooner(queue_due, due) end
      end
    end
    rank = first + 1
  end
  -- A queue that gave all it was asked for sends nobody back: its worker has no room for more.
  if room > 0 then next_due = sooner(next_due, queue_due) end
end

-- Leases to the worker what was taken. A claim becomes {field, body, record, due, token, attempt}.
local function lease_all()
  if #claims == 0 then return end
  local token = redis.call('HINCRBY', meta, 'token', #claims) - #claims
  local records, emptied = {}, {}
  local first, after_due = '\0\0\1\0\0', NOW .. '\0\0\0\0\0\0' .. NO_REASON .. pack('>I2c0', #worker, worker) .. NO_ERROR
  for i = 1, #claims do
    local claim = claims[i]
    local own_token = pack('>I6', token + i)
    claim[5] = own_token
    records[#records + 1] = claim[1]
    if claim[3] then
      emptied[#emptied + 1] = claim[1]
      local job = read_record(claim[3])
      job.state, job.token, job.attempt, job.started, job.finished = ACTIVE, token + i, job.attempt + 1, now, 0
      job.worker, job.reason, job.result, job.notes = worker, 0, '', job.notes - bits(job.notes, RESULT)
      claim[4], claim[6] = pack('>I6', job.due), pack('>I3', job.attempt)
      records[#records + 1] = write_record(job)
    else
      claim[6] = '\0\0\1'
      records[#records + 1] = '\4\0' .. own_token .. first .. claim[4] .. after_due
    end
  end
  send('HDEL', states, emptied)
  send('HSET', active, records)
  redis.call('HINCRBY', held, worker, #claims)
end

local function shown(claim)
  return claim[1] .. claim[5] .. claim[6] .. claim[4] .. pack('>I4', #claim[2]) .. claim[2]
end

-- Answers that were lost ------------------------------------------------------------------------------------------

local happened, lost_before, replayed = 0, '', {}

-- What the exchange whose answer was lost had claimed is handed out now.
local function replay()
  local reply = redis.call('HGET', replies, worker)
  if not reply then return true end
  local by, latest_number, from = unpack_from('>c8I6', reply)
  if by ~= sender then return true end
  -- An older exchange that was stuck on its way: whoever sent it has gone on without it.
  if number <= latest_number then return false end
  if lost_number == 0 or latest_number ~= lost_number then return true end
  happened = 1
  local n
  n, from = unpack_from('>I2', reply, from)
  lost_before = reply:sub(from - 2, from - 1 + n * 11)
  from = from + n * 11
  while from <= #reply do
    local seq, token
    seq, token, from = unpack_from('>I5I6', reply, from)
    local record = redis.call('HGET', active, field(seq))
    local body = record and body_of(seq)
    if body then
      local job = read_record(record)
      if job.token == token then
        replayed[#replayed + 1] =
          { field(seq), body, record, pack('>I6', job.due), pack('>I6', token), pack('>I3', job.attempt) }
      end
    end
  end
  return true
end

local function remember_reply(named)
  if #claims == 0 and #named == 0 and lost_number == 0 then return end
  local parts = { pack('>c8I6I2', sender, number, #lost) }
  for i = 1, #lost do parts[#parts + 1] = named[lost[i]] end
  for i = 1, #replayed do parts[#parts + 1] = replayed[i][1] .. replayed[i][5] end
  for i = 1, #claims do parts[#parts + 1] = claims[i][1] .. claims[i][5] end
  redis.call('HSET', replies, worker, table.concat(parts))
end

-----------------------------------------------------------------------------------------------------------------

if not replay() then return redis.error_reply('MILLRACE stale exchange') end
local settlements = settle_all()
local live = is_live(worker)
do
  local n, limit, wanted = nil, nil, {}
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do
    local index, most
    index, most, at = unpack_from('>I2I3', request, at)
    wanted[i] = { queue = queues[index], limit = most }
  end
  limit, at = unpack_from('>I3', request, at)
  limit = limit - #replayed
  if live then
    for i = 1, n do
      local room = math.min(limit - #claims, wanted[i].limit)
      if room <= 0 then
        if limit - #claims <= 0 then break end
      elseif redis.call('SISMEMBER', paused, wanted[i].queue) == 0 then
        claim_queue(wanted[i].queue, room)
        if more then break end
      end
    end
    lease_all()
    if #claims >= limit then next_due = nil end
  end
end
remember_reply(settlements)
write_all()

local out = { pack('>BBBI6I2', live and 0 or 1, happened, more and 1 or 0, next_due and next_due - now + 1 or 0, #lost) }
for i = 1, #lost do out[#out + 1] = pack('>I2', lost[i]) end
out[#out + 1] = happened == 1 and lost_before or pack('>I2', 0)
out[#out + 1] = pack('>I2', #replayed + #claims)
for i = 1, #replayed do out[#out + 1] = shown(replayed[i]) end
for i = 1, #claims do out[#out + 1] = shown(claims[i]) end
return table.concat(out)
