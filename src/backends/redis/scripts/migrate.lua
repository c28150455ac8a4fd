-- Notes the version of the schema in a store that has none; answers the version found.
-- in:  I2 version
-- out: I2 version found (0: none)
-- keys: meta

local version = unpack_from('>I2', request)
local found = tonumber(redis.call('HGET', meta, 'schema') or 0)
if found == 0 then redis.call('HSET', meta, 'schema', version) end
return pack('>I2', found)
