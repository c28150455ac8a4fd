-- Pauses or resumes queues.
-- in:  B pause (else resume), I2 queues, each I2c0
-- uses: bells
-- keys: paused

local pausing, n
pausing, n, at = unpack_from('>BI2', request)
for _ = 1, n do
  local queue
  queue, at = unpack_from('>I2c0', request, at)
  redis.call(pausing == 1 and 'SADD' or 'SREM', paused, queue)
  if pausing == 0 then ring(queue) end
end
write_all()
return 1
