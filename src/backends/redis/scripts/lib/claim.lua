-- Claims jobs of queues, first come first.
-- uses: jobs lines bells
-- keys: meta

-- Looks at no more jobs than this in one call, those included that expired or have left the line.
local MOST_LOOKED_AT = 1000
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
    claims[#claims + 1] = { number, body, record, false, false, false }
    count(queue, record:byte(1), -1)
  else
    local has_due = bits(flags, DUE) > 0
    claims[#claims + 1] = { number, body, false, has_due and body:sub(25, 30) or body:sub(19, 24), false, false }
    count(queue, has_due and first_state(unpack_from('>I6I6', body, 19)) or PENDING, -1)
  end
  count(queue, ACTIVE, 1)
  return true
end

-- Takes jobs off the head of a line; answers how many could be claimed. Who stands in a line has no record; who has
-- one, or runs, has left it.
local function claim_line(queue, line, seqs)
  line_drop(line, #seqs)
  open_pages(seqs)
  local fields, taken, plain, n = {}, 0, 0, #claims
  for i = 1, #seqs do fields[i] = field(seqs[i]) end
  local running, changed = fetch(active, fields), fetch(states, fields)
  for i = 1, #seqs do
    local body = body_of(seqs[i])
    if body and not running[i] and not changed[i] then
      if bits(body:byte(1), DUE + EXPIRES) == 0 then
        n, plain = n + 1, plain + 1
        claims[n] = { fields[i], body, false, body:sub(19, 24), false, false }
      elseif claim_one(queue, seqs[i], fields[i], body, false) then
        n, taken = n + 1, taken + 1
      end
    end
  end
  if plain > 0 then
    count(queue, PENDING, -plain)
    count(queue, ACTIVE, plain)
  end
  return taken + plain
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

-- A job whose loss could end it: it has not begun until its worker says so.
local function is_careful(attempt, most, losses) return attempt >= most or losses > 0 end

-- Leases to the worker what was taken. A claim becomes {field, body, record, due, token, attempt and whether it has begun}.
local function lease_all(worker)
  if #claims == 0 then return end
  local token = redis.call('HINCRBY', meta, 'token', #claims) - #claims
  local records, emptied, n = {}, {}, 0
  local first, after_due = '\0\0\1\0\0', pack('>I6', now) .. '\0\0\0\0\0\0' .. '\0' .. pack('>I2c0', #worker, worker) .. '\0\0\0\0'
  for i = 1, #claims do
    local claim = claims[i]
    local own_token = pack('>I6', token + i)
    claim[5] = own_token
    n = n + 2
    records[n - 1] = claim[1]
    if claim[3] then
      emptied[#emptied + 1] = claim[1]
      local job = read_record(claim[3])
      job.state, job.token, job.attempt, job.started, job.finished = ACTIVE, token + i, job.attempt + 1, now, 0
      job.worker, job.reason, job.result, job.notes = worker, 0, '', job.notes - bits(job.notes, RESULT)
      local careful = is_careful(job.attempt, most_in(claim[2]:byte(1), claim[2]), job.lost)
      if careful then job.notes = job.notes + UNBEGUN end
      claim[4], claim[6] = pack('>I6', job.due), pack('>I3B', job.attempt, careful and 0 or 1)
      records[n] = write_record(job)
    else
      local careful = is_careful(1, most_in(claim[2]:byte(1), claim[2]), 0)
      claim[6] = careful and '\0\0\1\0' or '\0\0\1\1'
      records[n] = (careful and '\4\32' or '\4\0') .. own_token .. first .. claim[4] .. after_due
    end
  end
  send('HDEL', states, emptied)
  send('HSET', active, records)
  redis.call('HINCRBY', held, worker, #claims)
end
