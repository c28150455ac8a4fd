-- Settles attempts, then claims jobs for the worker, in one step.
-- in:  I2c0 worker, c8 sender, I6 number of this exchange, I6 number of the first whose answer was lost (0: none);
--      I2 queues, each I2c0; I2 settlements, each: I5 number (0: look it up by key), c16 key, I6 token, I2 queue
--      (index from 1), B kind, B flag (with a result, or the attempt counts), B reason, I6 delay, I4c0 text;
--      I2 queues to claim from, each: I2 queue, I3 limit; I3 limit in all
-- out: B lease expired, B more may be claimable, I6 ms until the next is due, plus 1 (0: not known); I2 lost
--      settlements, each I2 index; I4 attempts that were settled by exchanges whose answers were lost, each I6 token;
--      I2 claimed jobs, each: I5 number, I6 token, I3 attempt, I6 due, I4c0 body
-- uses: drains settle claim workers
-- keys: meta replies paused

local worker, sender, number, lost_number
worker, sender, number, lost_number, at = unpack_from('>I2c0c8I6I6', request, at)
do
  local n
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do queues[i], at = unpack_from('>I2c0', request, at) end
end

-- Answers that were lost ------------------------------------------------------------------------------------------

-- What such exchanges had claimed, and the tokens of what they had settled.
local replayed, settled_before = {}, ''

local function shown(claim)
  return claim[1] .. claim[5] .. claim[6] .. claim[4] .. pack('>I4', #claim[2]) .. claim[2]
end

-- What exchanges whose answers were lost had claimed is handed out now. Answers false where this exchange itself is
-- an old one that was stuck on its way: whoever sent it has gone on without it.
local function replay()
  local reply = redis.call('HGET', replies, worker)
  if not reply then return true end
  local by, latest_number, n, from = unpack_from('>c8I6I4', reply)
  if by ~= sender then return true end
  if number <= latest_number then return false end
  if lost_number == 0 or latest_number < lost_number then return true end
  settled_before = reply:sub(from, from - 1 + n * 6)
  from = from + n * 6
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

local function remember_reply()
  if #claims == 0 and #settled_tokens == 0 and lost_number == 0 then return end
  local tokens = settled_before .. table.concat(settled_tokens)
  local parts = { pack('>c8I6I4', sender, number, #tokens / 6), tokens }
  for i = 1, #replayed do parts[#parts + 1] = replayed[i][1] .. replayed[i][5] end
  for i = 1, #claims do parts[#parts + 1] = claims[i][1] .. claims[i][5] end
  redis.call('HSET', replies, worker, table.concat(parts))
end

-----------------------------------------------------------------------------------------------------------------

if not replay() then return redis.error_reply('MILLRACE stale exchange') end
settle_all()
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
    lease_all(worker)
    if #claims >= limit then next_due = nil end
  end
end
remember_reply()
write_all()

local out = { pack('>BBI6I2', live and 0 or 1, more and 1 or 0, next_due and next_due - now + 1 or 0, #lost) }
for i = 1, #lost do out[#out + 1] = pack('>I2', lost[i]) end
out[#out + 1] = pack('>I4', #settled_before / 6) .. settled_before
out[#out + 1] = pack('>I2', #replayed + #claims)
for i = 1, #replayed do out[#out + 1] = shown(replayed[i]) end
for i = 1, #claims do out[#out + 1] = shown(claims[i]) end
return table.concat(out)
