-- Looks through jobs in the order in which they were stored, and answers those that fit: some at a time.
-- in:  B newest first, I5 number from which to go on (0: from the end), I2 most jobs to answer, B states (bits),
--      I2 reasons (bits; 0: any), I6 created from, I6 created before (0: no bound), B only these queues,
--      I2 queues, each I2c0; B only these tasks, I2 tasks, each I2c0; I2c0 tag (empty: none)
-- out: I5 number from which to go on (0: that was all); each job as in get.lua
-- uses: jobs kept
-- keys: shelf tags

-- Jobs looked at in one call, and bytes answered.
local MOST_LOOKED_AT, MOST_BYTES = 2000, 2 ^ 20

local newest, from, most, state_bits, reason_bits, created_from, created_before
newest, from, most, state_bits, reason_bits, created_from, created_before, at =
  unpack_from('>BI5I2BI2I6I6', request)
newest = newest == 1

local function read_names()
  local given, n, names
  given, n, at = unpack_from('>BI2', request, at)
  names = {}
  for _ = 1, n do
    local name
    name, at = unpack_from('>I2c0', request, at)
    names[name] = true
  end
  return given == 1 and names or nil
end

local queues, tasks = read_names(), read_names()
local tag = unpack_from('>I2c0', request, at)

local function fits(job)
  if bits(state_bits, 2 ^ job.state) == 0 then return false end
  if reason_bits > 0 and bits(reason_bits, 2 ^ job.reason) == 0 then return false end
  if job.created < created_from or (created_before > 0 and job.created >= created_before) then return false end
  if queues and not queues[job.queue] then return false end
  return not tasks or tasks[(unpack_from('>I2c0', job.body, job.task_at))] == true
end

local out, bytes, looked_at, found = {}, 0, 0, 0

-- Answers whether there is room for more; `from` is then where to go on.
local function look(seq)
  looked_at = looked_at + 1
  local job = load(seq)
  if job and fits(job) then
    found = found + 1
    out[#out + 1] = show(job, 0, 0)
    bytes = bytes + #out[#out]
  end
  from = newest and seq - 1 or seq + 1
  return found < most and bytes < MOST_BYTES and looked_at < MOST_LOOKED_AT
end

local function look_at_page(number)
  local seqs = {}
  for slot in pairs(open_page(number)) do
    local seq = number * SLOTS + slot
    if (newest and seq <= from) or (not newest and seq >= from) then seqs[#seqs + 1] = seq end
  end
  table.sort(seqs, function(a, b)
    if newest then return a > b end
    return a < b
  end)
  open_records(seqs)
  for _, seq in ipairs(seqs) do
    if not look(seq) then return false end
  end
  return true
end

-- Walks the shelf; answers false where it had to stop before its end.
local function walk_pages()
  while true do
    local number = page_of(from)
    local numbers = newest and redis.call('ZREVRANGEBYSCORE', shelf, number, '-inf', 'LIMIT', 0, 8)
      or redis.call('ZRANGEBYSCORE', shelf, number, '+inf', 'LIMIT', 0, 8)
    if #numbers == 0 then return true end
    local firsts = {}
    for i = 1, #numbers do firsts[i] = tonumber(numbers[i]) * SLOTS end
    open_pages(firsts)
    for i = 1, #numbers do
      if not look_at_page(tonumber(numbers[i])) then return false end
    end
    local last = firsts[#firsts]
    from = newest and last - 1 or last + SLOTS
    if from < SLOTS then return true end
  end
end

-- The members of a tag are in store order.
local function walk_tag()
  local prefix = pack('>I2c0', #tag, tag)
  while true do
    local members = newest
        and redis.call('ZREVRANGEBYLEX', tags, '[' .. prefix .. field(from), '[' .. prefix .. field(0), 'LIMIT', 0, 200)
      or redis.call('ZRANGEBYLEX', tags, '[' .. prefix .. field(from), '[' .. prefix .. field(2 ^ 40 - 1), 'LIMIT', 0, 200)
    if #members == 0 then return true end
    local seqs = {}
    for i = 1, #members do seqs[i] = unpack_from('>I5', members[i], #prefix + 1) end
    open_pages(seqs)
    open_records(seqs)
    for i = 1, #seqs do
      if not look(seqs[i]) then return false end
    end
  end
end

if from == 0 and newest then from = 2 ^ 40 - 1 end
local whole
if tag ~= '' then whole = walk_tag() else whole = walk_pages() end
return field(whole and 0 or from) .. table.concat(out)
