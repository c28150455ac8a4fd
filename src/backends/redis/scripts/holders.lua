-- The jobs that hold unique keys now.
-- in:  I2 keys, each I2c0
-- out: each: I4c0 body (empty: nobody)
-- uses: jobs unique

local n, out = nil, {}
n, at = unpack_from('>I2', request)
for i = 1, n do
  local key
  key, at = unpack_from('>I2c0', request, at)
  local job = holder(key)
  out[i] = job and pack('>I4', #job.body) .. job.body or pack('>I4', 0)
end
return table.concat(out)
