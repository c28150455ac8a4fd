-- Removes schedules and their firings.
-- in:  I2 names, each I2c0
-- out: each B was there
-- uses: schedules

local out, n, any = {}, nil, false
n, at = unpack_from('>I2', request)
for i = 1, n do
  local name
  name, at = unpack_from('>I2c0', request, at)
  local removed = redis.call('HDEL', schedules, name)
  any = any or removed == 1
  redis.call('ZREM', schedule_names, name)
  redis.call('ZREM', schedules_next, name)
  redis.call('ZREM', schedules_held, name)
  redis.call('DEL', firings_of(name))
  out[i] = pack('>B', removed)
end
if any then redis.call('PUBLISH', schedules_bell, '') end
return table.concat(out)
