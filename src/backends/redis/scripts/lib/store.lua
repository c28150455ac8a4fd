-- Storing new jobs, for every script that does.
-- uses: jobs lines unique tags bells
-- keys: meta

local CREATED, DEDUPLICATED, REPLACED, RESCHEDULED = 0, 1, 2, 3
local SKIP, RESCHEDULE = 0, 2
local STORED, DUPLICATE = pack('>BI4', CREATED, 0), pack('>BI4', DEDUPLICATED, 0)
local latest = tonumber(redis.call('HGET', meta, 'latest') or 0)
local in_line, later_members, ready_members, lined_up = {}, {}, {}, false

-- The parts that few jobs have.
local function read_extras(job)
  if bits(job.flags, NAMED) > 0 then
    local id
    id, at = unpack_from('>I2c0', request, at)
    job.name = pack('>I2', #id) .. id
  end
  if bits(job.flags, KEYED) > 0 then
    job.unique, job.conflict, job.held_for, job.held_in, at = unpack_from('>I2c0BI6B', request, at)
  end
  if bits(job.flags, TAGGED) > 0 then
    local n
    n, at = unpack_from('>I2', request, at)
    job.tags = {}
    for i = 1, n do job.tags[i], at = unpack_from('>I2c0', request, at) end
  end
end

local function read_job(from)
  local _, flags, key, rank, due_mode, due, expiry_mode, expires, rest
  _, flags, key, rank, due_mode, due, expiry_mode, expires, rest, at =
    unpack_from('>I2Bc16BBI6BI6I4c0', request, from)
  local job = {
    key = key, rank = rank, flags = flags, due = due_mode == 0 and now + due or due,
    expires = expiry_mode == 1 and now + expires or expires, rest = rest, name = '', unique = false,
  }
  if flags > OPTIONS then read_extras(job) end
  if expiry_mode > 0 then job.flags = flags + EXPIRES end
  return job
end

local function queue_of(rest)
  local _, queue = unpack_from('>I3I2c0', rest)
  return queue
end

local function write_places()
  send('ZADD', later, later_members)
  send('ZADD', ready, ready_members)
  later_members, ready_members = {}, {}
end

-- The numbers that will stand in a line.
local function line_for(queue, rank)
  local name = queue .. '\0' .. rank
  local seqs = in_line[name]
  if not seqs then
    seqs = { queue = queue, rank = rank, plain = 0 }
    in_line[name] = seqs
  end
  return seqs
end

local function stand(job, seq, queue)
  ring(queue)
  local state = first_state(now, job.due)
  count(queue, state, 1)
  if state == PENDING and job.due == now and now >= latest then
    local seqs = line_for(queue, job.rank)
    seqs[#seqs + 1] = seq
    lined_up = true
    return
  end
  local members = state == PENDING and ready_members or later_members
  members[#members + 1] = 0
  members[#members + 1] = place_of(queue, job.rank, job.due, seq)
end

local function create(job)
  local flags = job.flags + (job.due ~= now and DUE or 0)
  local seq = add_body(write_body(flags, job.key, job.rank, now, job.due, job.expires, job.name, job.rest))
  local queue = queue_of(job.rest)
  remember(job.key, seq)
  if job.tags then tag_with(job.tags, field(seq)) end
  if job.unique then take_key(job.unique, seq, job.held_for > 0 and now + job.held_for or 0, job.held_in) end
  stand(job, seq, queue)
  return CREATED, ''
end

-- The rest of a new body with the task of another.
local function with_task_of(other, rest)
  local _, _, task_at = unpack_from('>I3I2c0', rest)
  local after = task_at + 2 + unpack_from('>I2', rest, task_at)
  local _, other_after = unpack_from('>I2c0', other.body, other.task_at)
  return rest:sub(1, task_at - 1) .. other.body:sub(other.task_at, other_after - 1) .. rest:sub(after)
end

-- Gives the waiting holder of the key what the new job brings. Its id, its task and the time it was stored stay.
local function replace(held_by, job)
  write_places()
  leave(held_by)
  untag(held_by)
  local due = job.conflict == RESCHEDULE and job.due or held_by.due
  local flags = bits(job.flags, OPTIONS + TAGGED + EXPIRES) + bits(held_by.flags, DUE + KEYED + NAMED)
  local name, due_then = name_in(held_by.flags, held_by.body), first_due(held_by.flags, held_by.body)
  local rest = with_task_of(held_by, job.rest)
  held_by.body = write_body(flags, held_by.key, job.rank, held_by.created, due_then, job.expires, name, rest)
  set_body(held_by.seq, held_by.body)
  held_by.flags, held_by.rank, held_by.due = flags, job.rank, due
  held_by.queue = queue_of(job.rest)
  if job.conflict == RESCHEDULE then held_by.state = due > now and SCHEDULED or PENDING end
  tag_with(job.tags or {}, held_by.field)
  enter(held_by)
  ring(held_by.queue)
  return job.conflict == RESCHEDULE and RESCHEDULED or REPLACED, held_by.body
end

local function store(job)
  if find(job.key) then return DEDUPLICATED, '' end
  local held_by = job.unique and holder(job.unique)
  if not held_by then return create(job) end
  if job.conflict == SKIP or not is_waiting(held_by) or is_expired(held_by) then
    return DEDUPLICATED, held_by.body
  end
  return replace(held_by, job)
end

-- Most jobs are plain: due at once, without expiry, unique key or tags, and their id is a UUID. They are not taken apart.
local function store_plain(line, head, rest, key, name)
  local piece = key:sub(13)
  if find(key, name, piece) then return DUPLICATE end
  local seq = add_plain(head, rest)
  remember(key, seq, name, piece)
  line[#line + 1] = seq
  line.plain = line.plain + 1
  return STORED
end

-- Stores the jobs of a request from where it is read; answers what became of each. See enqueue.lua for both.
local function store_request()
  local groups = {}
  local n
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do
    local queue, rank
    queue, rank, at = unpack_from('>I2c0B', request, at)
    groups[i] = line_for(queue, rank)
  end

  -- Where each job begins in the request, and its key.
  local starts, keys, out = {}, {}, {}
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do
    starts[i], keys[i] = at, request:sub(at + 8, at + 23)
    at = at + 5 + unpack_from('>I4', request, at + 1)
  end
  local names = open_buckets(keys)
  local in_order = now >= latest
  for i = 1, n do
    local start = starts[i]
    if in_order and request:byte(start) == 1 then
      local group, head, rest = unpack_from('>I2c18xxxxxxxxxxxxxxI4c0', request, start + 5)
      out[i] = store_plain(groups[group], head, rest, keys[i], names[i])
    else
      local outcome, body = store(read_job(start + 5))
      out[i] = outcome == CREATED and STORED or pack('>BI4', outcome, #body) .. body
    end
  end
  write_places()
  for _, seqs in ipairs(groups) do
    if seqs.plain > 0 then
      count(seqs.queue, PENDING, seqs.plain)
      ring(seqs.queue)
    end
    if #seqs > 0 then
      line_up(seqs.queue, seqs.rank, seqs)
      lined_up = true
    end
  end
  if lined_up then redis.call('HSET', meta, 'latest', now) end
  return table.concat(out)
end
