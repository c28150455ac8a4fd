-- Leaves a command for a worker.
-- in:  I2c0 worker, I4c0 the command
-- uses: commands

local worker, command = unpack_from('>I2c0I4c0', request)
leave_command(worker, command)
return 1
