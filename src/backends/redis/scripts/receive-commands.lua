-- Takes the commands that wait for a worker.
-- in:  I2c0 worker
-- out: each: I4c0
-- keys: commands

local worker = unpack_from('>I2c0', request)
local waiting = redis.call('HGET', commands, worker)
if waiting then redis.call('HDEL', commands, worker) end
return waiting or ''
