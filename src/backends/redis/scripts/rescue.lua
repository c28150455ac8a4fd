-- Gives back jobs of dead workers, a piece of the running jobs at a time.
-- in:  I2c0 cursor (as of HSCAN), I3 losses after which a job is quarantined, I2 workers, each I2c0
-- out: I2c0 next cursor ('0': all were looked at); each: B begun, B state reached, I3 attempt, I2c0 worker, I4c0 body
-- uses: drains jobs attempts bells workers

local SOME = 200

local cursor, quarantine_after, dead, n = nil, nil, {}, nil
cursor, quarantine_after, n, at = unpack_from('>I2c0I3I2', request)
for _ = 1, n do
  local worker
  worker, at = unpack_from('>I2c0', request, at)
  -- It may have been heard of since somebody suspected it.
  dead[worker] = not is_live(worker) or nil
end

local function lost_error(job)
  return cjson.encode({
    name = 'WorkerLost',
    message = 'Worker ' .. job.worker .. ' was not heard of any more while it ran attempt ' .. job.attempt,
    stack = cjson.null,
    code = 'worker-lost',
    cause = cjson.null,
  })
end

local function show(job, begun, attempt)
  return pack('>BBI3I2c0I4', begun, job.state, attempt, #job.worker, job.worker, #job.body) .. job.body
end

-- An attempt that had not begun does not count.
local function give_back(job)
  leave(job)
  job.state, job.attempt = PENDING, job.attempt - 1
  enter(job)
  ring(job.queue)
  return show(job, 0, job.attempt + 1)
end

local function rescue(job)
  if bits(job.notes, UNBEGUN) > 0 then return give_back(job) end
  local error = lost_error(job)
  keep_attempt(job, LOST, now, error)
  leave(job)
  job.lost = job.lost + 1
  if job.lost >= quarantine_after or job.attempt >= job.most then
    job.error = error
    finish(job, FAILED, job.lost >= quarantine_after and QUARANTINED or EXHAUSTED)
    ring_settled()
  else
    job.state = PENDING
    enter(job)
    ring(job.queue)
  end
  return show(job, 1, job.attempt)
end

local out = {}
if next(dead) then
  local found
  cursor, found = unpack(redis.call('HSCAN', active, cursor, 'COUNT', SOME))
  for i = 1, #found, 2 do
    local job = load((unpack_from('>I5', found[i])))
    if job and job.state == ACTIVE and dead[job.worker] then out[#out + 1] = rescue(job) end
  end
else
  cursor = '0'
end
write_all()
return pack('>I2c0', #cursor, cursor) .. table.concat(out)
