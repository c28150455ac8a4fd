-- Finds a job by its id: buckets of entries of nine bytes, a piece of the key and the number. The buckets are
-- split one by one as their entries grow (linear hashing), so that no call ever rebuilds the whole.
-- keys: meta ids

local ENTRY, LOAD, FIRST_LEVEL = 9, 24, 4
local level, split, entries
local buckets, spilled = {}, {}

local function open_index()
  if level then return end
  local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
  level, split, entries = tonumber(found[1] or FIRST_LEVEL), tonumber(found[2] or 0), tonumber(found[3] or 0)
end

local function bucket_of(key)
  local hash = unpack_from('>I4', key, 13)
  local number = hash % 2 ^ level
  if number < split then number = hash % 2 ^ (level + 1) end
  return number
end

local function open_bucket(number)
  local text = buckets[number]
  if not text then
    text = redis.call('HGET', ids, number) or ''
    buckets[number] = text
  end
  return text
end

local function set_bucket(number, text)
  buckets[number] = text
  spilled[number] = true
end

-- Reads the buckets of many keys in one call.
local function open_buckets(keys)
  open_index()
  local numbers, seen = {}, {}
  for i = 1, #keys do
    local number = bucket_of(keys[i])
    if not buckets[number] and not seen[number] then
      seen[number] = true
      numbers[#numbers + 1] = number
    end
  end
  local texts = fetch(ids, numbers)
  for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end

-- The number of the job with this key, or nil.
local function find(key)
  open_index()
  local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
  while true do
    local place = text:find(piece, from, true)
    if not place then return nil end
    if place % ENTRY == 1 then
      local seq = unpack_from('>I5', text, place + 4)
      local body = body_of(seq)
      if body and body:sub(2, 17) == key then return seq end
    end
    from = place + 1
  end
end

local function remember(key, seq)
  open_index()
  local number = bucket_of(key)
  set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
  entries = entries + 1
end

local function forget(key, seq)
  open_index()
  local number = bucket_of(key)
  local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
  while true do
    local place = text:find(entry, from, true)
    if not place then return end
    if place % ENTRY == 1 then
      set_bucket(number, text:sub(1, place - 1) .. text:sub(place + ENTRY))
      entries = entries - 1
      return
    end
    from = place + 1
  end
end

local function split_bucket()
  local low, high, text = {}, {}, open_bucket(split)
  for place = 1, #text, ENTRY do
    local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
    side[#side + 1] = text:sub(place, place + ENTRY - 1)
  end
  set_bucket(split, table.concat(low))
  set_bucket(split + 2 ^ level, table.concat(high))
  split = split + 1
  if split == 2 ^ level then level, split = level + 1, 0 end
end

writers[#writers + 1] = function()
  if not next(spilled) then return end
  while entries > LOAD * (2 ^ level + split) do split_bucket() end
  local sets, gone = {}, {}
  for number in pairs(spilled) do
    if buckets[number] == '' then
      gone[#gone + 1] = number
    else
      sets[#sets + 1] = number
      sets[#sets + 1] = buckets[number]
    end
  end
  send('HSET', ids, sets)
  send('HDEL', ids, gone)
  redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
