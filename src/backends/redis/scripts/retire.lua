-- Takes a worker off the register, and what was still to be told to it.
-- in:  I2c0 worker
-- uses: drains
-- keys: workers leases numbers commands

local worker = unpack_from('>I2c0', request)
for _, key in ipairs({ workers, leases, numbers, commands }) do redis.call('HDEL', key, worker) end
return 1
