-- Schedules that have something to do.
-- in:  I4 limit
-- out: I6 now, I6 the next time of one that is not due (0: none); I4 due, each I4c0 revision and row; I4 held, each so
-- uses: schedules

local limit = unpack_from('>I4', request)
local function rows(names)
  local out = { pack('>I4', #names) }
  for i = 1, #names do out[i + 1] = row_of(names[i]) end
  return table.concat(out)
end
local due = redis.call('ZRANGEBYSCORE', schedules_next, '-inf', now, 'LIMIT', 0, limit)
local held = redis.call('ZRANGE', schedules_held, 0, limit - 1)
local coming = redis.call('ZRANGEBYSCORE', schedules_next, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return pack('>I6I6', now, tonumber(coming[2] or 0)) .. rows(due) .. rows(held)
