-- Schedules by name.
-- in:  I2 names, each I2c0
-- out: each I4c0 revision and row (empty: there is none)
-- uses: schedules

local out, n = {}, nil
n, at = unpack_from('>I2', request)
for i = 1, n do
  local name
  name, at = unpack_from('>I2c0', request, at)
  out[i] = row_of(name)
end
return table.concat(out)
