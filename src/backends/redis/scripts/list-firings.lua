-- The latest firings of a schedule.
-- in:  I2c0 name, I4 limit, I6 number before which (0: from the latest)
-- out: each I4c0: I6 number, I6 when, I4c0 body of the job that stands for it (empty: its own), the firing
-- uses: schedules

local name, limit, before = unpack_from('>I2c0I4I6', request)
local all = redis.call('LRANGE', firings_of(name), 0, -1)
local out = {}
for i = 1, #all do
  if #out == limit then break end
  if before == 0 or unpack_from('>I6', all[i]) < before then out[#out + 1] = pack('>I4', #all[i]) .. all[i] end
end
return table.concat(out)
