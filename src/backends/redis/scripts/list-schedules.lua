-- Schedules by the bytes of their names.
-- in:  I4 limit, I2c0 name after which (empty: from the first)
-- out: each I4c0 revision and row
-- uses: schedules

local limit, after = unpack_from('>I4I2c0', request)
local from = after == '' and '-' or '(' .. after
local names = redis.call('ZRANGEBYLEX', schedule_names, from, '+', 'LIMIT', 0, limit)
local out = {}
for i = 1, #names do out[i] = row_of(names[i]) end
return table.concat(out)
