-- What was enqueued, by number: 32 jobs a page, or fewer where they are large. A page is one field, so that a
-- waiting job costs little more than its own bytes. The shelf knows which pages there are, in order.
-- keys: meta pages shelf

local SLOTS, FULL_BYTES = 32, 4096
-- Pages as slot -> body; those that were changed; and jobs that were added by this very script.
local opened, turned, added = {}, {}, {}
-- Of plain jobs among those: what stands before and behind the time of storing.
local heads, rests = {}, {}
local NOW = pack('>I6', now)
local additions = {}
local next_seq, tail_text, tail_bytes

local function unfold(text)
  local page, from = {}, 1
  while text and from <= #text do
    local slot, body
    slot, body, from = unpack_from('>BI4c0', text, from)
    page[slot] = body
  end
  return page
end

local function frame(slot, body) return pack('>BI4', slot, #body) .. body end

local function fold(page)
  local frames = {}
  for slot = 0, SLOTS - 1 do
    if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
  end
  return table.concat(frames)
end

local function page_of(seq) return (seq - seq % SLOTS) / SLOTS end

-- Reads the pages of many jobs in one call.
local function open_pages(seqs)
  local numbers, seen = {}, {}
  for i = 1, #seqs do
    local number = page_of(seqs[i])
    if not opened[number] and not seen[number] then
      seen[number] = true
      numbers[#numbers + 1] = number
    end
  end
  local texts = fetch(pages, numbers)
  for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end

local function open_page(number)
  local page = opened[number]
  if not page then
    page = unfold(redis.call('HGET', pages, number))
    opened[number] = page
  end
  return page
end

-- The body of a job; nil where it is gone.
local function body_of(seq)
  if added[seq] then return added[seq] end
  if heads[seq] then return heads[seq] .. NOW .. rests[seq] end
  return open_page(page_of(seq))[seq % SLOTS]
end

-- Replaces a body; nil removes the job.
local function set_body(seq, body)
  if added[seq] or heads[seq] then
    added[seq] = body
    return
  end
  local number = page_of(seq)
  open_page(number)[seq % SLOTS] = body
  turned[number] = true
end

-- The number of a new job behind all others, with so many bytes.
local function next_number(bytes)
  if not next_seq then
    -- 0 is no job, so that page 0 is left out.
    next_seq = tonumber(redis.call('HGET', meta, 'seq') or SLOTS)
    tail_text = next_seq % SLOTS > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
    tail_bytes = #tail_text
  end
  if next_seq % SLOTS == 0 then
    tail_bytes = 0
  elseif tail_bytes > FULL_BYTES then
    next_seq = next_seq + SLOTS - next_seq % SLOTS
    tail_bytes = 0
  end
  local seq = next_seq
  next_seq = seq + 1
  tail_bytes = tail_bytes + bytes
  additions[#additions + 1] = seq
  return seq
end

local function add_body(body)
  local seq = next_number(#body)
  added[seq] = body
  return seq
end

-- As `add_body`, for a body that is put together only where its page is written.
local function add_plain(head, rest)
  local seq = next_number(#head + 6 + #rest)
  heads[seq], rests[seq] = head, rest
  return seq
end

-- Texts of the pages that jobs were added to, the first of which may have been begun earlier.
local function write_added(sets, shelved)
  local first, i = page_of(additions[1]), 1
  while i <= #additions do
    local number = page_of(additions[i])
    local begun = number == first and tail_text or ''
    local frames = { begun }
    if turned[number] then frames = { fold(opened[number]) } end
    turned[number] = nil
    while i <= #additions and page_of(additions[i]) == number do
      local seq, n = additions[i], #frames
      if added[seq] then
        frames[n + 1] = frame(seq % SLOTS, added[seq])
      else
        local head, rest = heads[seq], rests[seq]
        frames[n + 1], frames[n + 2] = pack('>BI4', seq % SLOTS, #head + 6 + #rest), head
        frames[n + 3], frames[n + 4] = NOW, rest
      end
      i = i + 1
    end
    sets[#sets + 1] = number
    sets[#sets + 1] = table.concat(frames)
    if begun == '' then
      shelved[#shelved + 1] = number
      shelved[#shelved + 1] = number
    end
  end
end

writers[#writers + 1] = function()
  local sets, shelved, gone = {}, {}, {}
  if #additions > 0 then write_added(sets, shelved) end
  for number in pairs(turned) do
    local text = fold(opened[number])
    if text == '' then
      gone[#gone + 1] = number
    else
      sets[#sets + 1] = number
      sets[#sets + 1] = text
    end
  end
  send('HSET', pages, sets)
  send('ZADD', shelf, shelved)
  send('HDEL', pages, gone)
  send('ZREM', shelf, gone)
  if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
