-- Finds a job by its id: buckets of entries of nine bytes, a piece of the key and the number. The buckets are
-- split one by one as their entries grow (linear hashing), so that no call ever rebuilds the whole.
-- keys: meta ids

local ENTRY, LOAD, FIRST_LEVEL = 9, 24, 4
local level, split, entries
-- 2 ^ level and its double.
local low_size, high_size
local buckets, spilled = {}, {}

local function open_index()
  if level then return end
  local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
  level, split, entries = tonumber(found[1] or FIRST_LEVEL), tonumber(found[2] or 0), tonumber(found[3] or 0)
  low_size, high_size = 2 ^ level, 2 ^ (level + 1)
end

-- The name of a bucket: numbers are dear to hand over.
local function bucket_name(number) return pack('>I4', number) end

local function bucket_of(key)
  local hash = unpack_from('>I4', key, 13)
  local number = hash % low_size
  if number < split then number = hash % high_size end
  return bucket_name(number)
end

local function open_bucket(name)
  local text = buckets[name]
  if not text then
    text = redis.call('HGET', ids, name) or ''
    buckets[name] = text
  end
  return text
end

local function set_bucket(name, text)
  buckets[name] = text
  spilled[name] = true
end

-- Reads the buckets of many keys in one call; answers their names.
local function open_buckets(keys)
  open_index()
  local names, all, n = {}, {}, 0
  for i = 1, #keys do
    local name = bucket_of(keys[i])
    all[i] = name
    if buckets[name] == nil then
      buckets[name] = false
      n = n + 1
      names[n] = name
    end
  end
  local texts = fetch(ids, names)
  for i = 1, n do buckets[names[i]] = texts[i] or '' end
  return all
end

-- The number of the job with this key, or nil; whoever knows its bucket and its piece of the key says so.
local function find(key, name, piece)
  open_index()
  local text, from = open_bucket(name or bucket_of(key)), 1
  piece = piece or key:sub(13)
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

local function remember(key, seq, name, piece)
  open_index()
  name = name or bucket_of(key)
  set_bucket(name, open_bucket(name) .. (piece or key:sub(13)) .. field(seq))
  entries = entries + 1
end

local function forget(key, seq)
  open_index()
  local name = bucket_of(key)
  local text, entry, from = open_bucket(name), key:sub(13) .. field(seq), 1
  while true do
    local place = text:find(entry, from, true)
    if not place then return end
    if place % ENTRY == 1 then
      set_bucket(name, text:sub(1, place - 1) .. text:sub(place + ENTRY))
      entries = entries - 1
      return
    end
    from = place + 1
  end
end

local function split_bucket()
  local low, high, text = {}, {}, open_bucket(bucket_name(split))
  for place = 1, #text, ENTRY do
    local side = unpack_from('>I4', text, place) % high_size == split and low or high
    side[#side + 1] = text:sub(place, place + ENTRY - 1)
  end
  set_bucket(bucket_name(split), table.concat(low))
  set_bucket(bucket_name(split + low_size), table.concat(high))
  split = split + 1
  if split == low_size then level, split, low_size, high_size = level + 1, 0, high_size, high_size * 2 end
end

writers[#writers + 1] = function()
  if not next(spilled) then return end
  while entries > LOAD * (low_size + split) do split_bucket() end
  local sets, gone = {}, {}
  for name in pairs(spilled) do
    if buckets[name] == '' then
      gone[#gone + 1] = name
    else
      sets[#sets + 1] = name
      sets[#sets + 1] = buckets[name]
    end
  end
  send('HSET', ids, sets)
  send('HDEL', ids, gone)
  redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
