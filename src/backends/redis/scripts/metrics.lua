-- How many jobs of each queue came to which end, and since when one has waited for a worker.
-- out: each queue: I2c0 name, I6 earliest due time that has come, plus 1 (0: none), I6 succeeded, I6 failed, I6 cancelled
-- uses: claim
-- keys: counts ends

local totals, names = {}, {}
for _, key in ipairs({ counts, ends }) do
  local found = redis.call('HGETALL', key)
  for i = 1, #found, 2 do
    local queue = found[i]:sub(2)
    if not totals[queue] then
      totals[queue] = {}
      names[#names + 1] = queue
    end
    if key == ends then totals[queue][tonumber(found[i]:sub(1, 1))] = tonumber(found[i + 1]) end
  end
end

-- Since when the first who still waits in a line has done so: those who have left it are passed over.
local function first_in(line)
  local seqs = line_peek(line, MOST_LOOKED_AT)
  for from = 1, #seqs, SLOTS do
    local some, fields = {}, {}
    for i = from, math.min(from + SLOTS - 1, #seqs) do
      some[#some + 1] = seqs[i]
      fields[#fields + 1] = field(seqs[i])
    end
    open_pages(some)
    local running, changed = fetch(active, fields), fetch(states, fields)
    for i = 1, #some do
      local body = body_of(some[i])
      if body and not running[i] and not changed[i] then return (unpack_from('>I6', body, 19)) end
    end
  end
  return nil
end

local function oldest_in(queue)
  local prefix, oldest = queue_prefix(queue), nil
  for _, key in ipairs({ ready, later }) do
    local rank, due = seek(key, prefix, 0)
    while rank do
      if due <= now then oldest = sooner(oldest, due) end
      rank, due = seek(key, prefix, rank + 1)
    end
  end
  for _, line in ipairs(lines_of(queue)) do oldest = sooner(oldest, first_in(line)) end
  return oldest
end

local out = {}
for i, queue in ipairs(names) do
  local oldest, total = oldest_in(queue), totals[queue]
  out[i] = pack('>I2c0I6I6I6I6', #queue, queue, oldest and oldest + 1 or 0, total[SUCCEEDED] or 0, total[FAILED] or 0, total[CANCELLED] or 0)
end
return table.concat(out)
