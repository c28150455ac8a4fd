-- Settles and begins attempts, then claims jobs for the worker, in one step.
-- in:  I2c0 worker, c8 sender, I6 number of this exchange; I2 queues, each I2c0; I2 settlements and beginnings, each: I5 number (0: look it
--      up by key), c16 key, I6 token, I2 queue (index from 1), B kind, B flag (with a result, or the attempt counts), B reason,
--      I6 delay, I4c0 text; I2 queues to claim from, each: I2 queue, I3 limit; I3 limit in all
-- out: B lease expired, B more may be claimable, I6 ms until the next is due, plus 1 (0: not known); I2 settlements and
--      beginnings that came too late, each I2 index; I2 claimed jobs, each: I5 number, I6 token, I3 attempt, B begun, I6 due, I4c0 body
-- uses: drains numbers settle claim workers
-- keys: paused

local worker, sender, number
worker, sender, number, at = unpack_from('>I2c0c8I6', request, at)
do
  local n
  n, at = unpack_from('>I2', request, at)
  for i = 1, n do queues[i], at = unpack_from('>I2c0', request, at) end
end

if not is_new(worker, sender, number) then return not_new() end
settle_all(worker)
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
if #claims > 0 then remember_number(worker, sender, number) end
write_all()

local out = { pack('>BBI6I2', live and 0 or 1, more and 1 or 0, next_due and next_due - now + 1 or 0, #lost) }
for i = 1, #lost do out[#out + 1] = pack('>I2', lost[i]) end
out[#out + 1] = pack('>I2', #claims)
for i = 1, #claims do
  local claim, n = claims[i], #out
  local body = claim[2]
  out[n + 1], out[n + 2], out[n + 3], out[n + 4] = claim[1], claim[5], claim[6], claim[4]
  out[n + 5], out[n + 6] = pack('>I4', #body), body
end
return table.concat(out)
