-- Frees unique keys.
-- in:  I2 keys, each I2c0
-- keys: unique owned

local n
n, at = unpack_from('>I2', request)
for _ = 1, n do
  local key
  key, at = unpack_from('>I2c0', request, at)
  local entry = redis.call('HGET', unique, key)
  if entry then
    redis.call('HDEL', owned, entry:sub(1, 5))
    redis.call('HDEL', unique, key)
  end
end
return 1
