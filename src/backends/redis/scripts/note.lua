-- Stores progress and log lines of running attempts.
-- in:  I2 notes; each: c16 key, I6 token, I4c0 progress (empty: none), I2 lines, each I4c0
-- uses: jobs
-- keys: meta logs progress

local function note(key, token, shown, lines)
  local job = load(find(key))
  if not job or job.state ~= ACTIVE or job.token ~= token then return end
  if shown ~= '' then
    redis.call('HSET', progress, job.field, pack('>I6', token) .. shown)
    job.notes = bit.bor(job.notes, PROGRESS)
  end
  if #lines > 0 then
    local latest, members = redis.call('HINCRBY', meta, 'line', #lines) - #lines, {}
    for i = 1, #lines do
      members[#members + 1] = 0
      members[#members + 1] = job.field .. pack('>BI6', 1, latest + i) .. lines[i]
    end
    send('ZADD', logs, members)
    job.notes = bit.bor(job.notes, LOGGED)
  end
  redis.call('HSET', active, job.field, write_record(job))
end

local n
n, at = unpack_from('>I2', request)
for _ = 1, n do
  local key, token, shown, count_lines, lines = nil, nil, nil, nil, {}
  key, token, shown, count_lines, at = unpack_from('>c16I6I4c0I2', request, at)
  for i = 1, count_lines do lines[i], at = unpack_from('>I4c0', request, at) end
  note(key, token, shown, lines)
end
return 1
