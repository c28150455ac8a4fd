-- Jobs that are due as they are stored stand in line by number, so that a run of them costs seven bytes however
-- long it is. A line is a chain of chunks of runs, one line for each queue and rank (a rank is a priority turned
-- round: the first comes first). Who leaves the middle of a line stays in it by number; the claim passes it over.
-- keys: lines runs

local RUN, CHUNK_RUNS, LONGEST_RUN = 7, 64, 65535
local known, moved, chunks, rewritten = {}, {}, {}, {}

-- The lines of a queue, the first rank first.
local function lines_of(queue)
  local list = known[queue]
  if list then return list end
  list = {}
  local text = redis.call('HGET', lines, queue) or ''
  for from = 1, #text, 9 do
    local rank, head, tail = unpack_from('>BI4I4', text, from)
    list[#list + 1] = { queue = queue, rank = rank, head = head, tail = tail }
  end
  known[queue] = list
  return list
end

local function chunk_name(line, number)
  return pack('>I2c0BI4', #line.queue, line.queue, line.rank, number)
end

local function open_chunk(line, number)
  local name = chunk_name(line, number)
  if not chunks[name] then chunks[name] = redis.call('HGET', runs, name) or '' end
  return chunks[name]
end

local function set_chunk(line, number, text)
  local name = chunk_name(line, number)
  chunks[name] = text
  rewritten[name] = true
end

-- The line of a rank, made where it is missing.
local function line_at(queue, rank)
  local list = lines_of(queue)
  for i = 1, #list do
    if list[i].rank == rank then return list[i] end
    if list[i].rank > rank then
      table.insert(list, i, { queue = queue, rank = rank, head = 1, tail = 1 })
      return list[i]
    end
  end
  list[#list + 1] = { queue = queue, rank = rank, head = 1, tail = 1 }
  return list[#list]
end

-- Puts jobs at the end of a line; their numbers are ascending and above all that stand in it.
local function line_up(queue, rank, seqs)
  local line = line_at(queue, rank)
  local text = open_chunk(line, line.tail)
  local from, n = 0, 0
  if text ~= '' then
    from, n = unpack_from('>I5I2', text, #text - RUN + 1)
    text = text:sub(1, #text - RUN)
  end
  for i = 1, #seqs do
    if n > 0 and seqs[i] == from + n and n < LONGEST_RUN then
      n = n + 1
    else
      if n > 0 then text = text .. pack('>I5I2', from, n) end
      if #text >= RUN * CHUNK_RUNS then
        set_chunk(line, line.tail, text)
        line.tail = line.tail + 1
        text = ''
      end
      from, n = seqs[i], 1
    end
  end
  set_chunk(line, line.tail, text .. pack('>I5I2', from, n))
  moved[queue] = true
end

-- The first numbers of a line, which stay where they are.
local function line_peek(line, most)
  local seqs = {}
  for number = line.head, line.tail do
    local text = open_chunk(line, number)
    for place = 1, #text, RUN do
      local from, n = unpack_from('>I5I2', text, place)
      for seq = from, from + math.min(n, most - #seqs) - 1 do seqs[#seqs + 1] = seq end
      if #seqs >= most then return seqs end
    end
  end
  return seqs
end

-- Takes so many numbers off the head of a line.
local function line_drop(line, n)
  while n > 0 and line.head <= line.tail do
    local text, place, rest = open_chunk(line, line.head), 1, ''
    while n > 0 and place <= #text do
      local from, length = unpack_from('>I5I2', text, place)
      place = place + RUN
      if length > n then
        rest = pack('>I5I2', from + n, length - n)
        n = 0
      else
        n = n - length
      end
    end
    rest = rest .. text:sub(place)
    set_chunk(line, line.head, rest)
    if rest == '' then line.head = line.head + 1 end
  end
  moved[line.queue] = true
end

writers[#writers + 1] = function()
  local sets, gone = {}, {}
  for name in pairs(rewritten) do
    if chunks[name] == '' then
      gone[#gone + 1] = name
    else
      sets[#sets + 1] = name
      sets[#sets + 1] = chunks[name]
    end
  end
  send('HSET', runs, sets)
  send('HDEL', runs, gone)
  for queue in pairs(moved) do
    local records = {}
    for _, line in ipairs(known[queue]) do
      if line.head <= line.tail then records[#records + 1] = pack('>BI4I4', line.rank, line.head, line.tail) end
    end
    if #records == 0 then
      redis.call('HDEL', lines, queue)
    else
      redis.call('HSET', lines, queue, table.concat(records))
    end
  end
end
