-- Gives back the jobs that a worker holds without knowing, a piece of the running jobs at a time.
-- in:  I2c0 worker, c8 sender, I6 number (as of an exchange), I2c0 cursor (as of HSCAN), I4 attempts it knows of, each I6 token
-- out: next cursor ('0': all were looked at)
-- uses: drains numbers jobs bells

local SOME = 500

local worker, sender, number, cursor, n
worker, sender, number, cursor, n, at = unpack_from('>I2c0c8I6I2c0I4', request)
local known_tokens = {}
for _ = 1, n do
  local token
  token, at = unpack_from('>c6', request, at)
  known_tokens[token] = true
end

if not is_new(worker, sender, number) then return not_new() end
remember_number(worker, sender, number)
if not redis.call('HGET', held, worker) then return '0' end
local found
cursor, found = unpack(redis.call('HSCAN', active, cursor, 'COUNT', SOME))
for i = 1, #found, 2 do
  local record = found[i + 1]
  local holder_of = unpack_from('>I2c0', record, 33)
  if holder_of == worker and not known_tokens[record:sub(3, 8)] then
    local job = load((unpack_from('>I5', found[i])))
    leave(job)
    job.state, job.attempt = PENDING, job.attempt - 1
    enter(job)
    ring(job.queue)
  end
end
write_all()
return cursor
