-- Corrects stored jobs.
-- in:  B change, I6 its argument (reason, or due time), I2 jobs, each: c16 key
-- out: each: B outcome (0 done, 1 refused, 2 not found), B state (255: none)
-- uses: drains jobs attempts remove bells

local CANCEL, REQUEUE, RESCHEDULE, HOLD, DELETE = 0, 1, 2, 3, 4
local DONE, REFUSED, NOT_FOUND, NO_STATE = 0, 1, 2, 255

-- Each answers whether the job's state allows the change.
local changing = {
  [CANCEL] = function(job, reason)
    if not is_waiting(job) and job.state ~= BLOCKED then return false end
    leave(job)
    finish(job, CANCELLED, reason)
    ring_settled()
    return true
  end,

  [REQUEUE] = function(job)
    if job.state == ACTIVE then return false end
    -- The successful attempt lives in the record itself, which the next attempt is about to overwrite.
    if job.state == SUCCEEDED then keep_attempt(job, SUCCEEDED_ATTEMPT, job.finished, '') end
    leave(job)
    if FINISHED[job.state] then
      job.attempt, job.lost, job.reason, job.finished, job.error, job.result = 0, 0, 0, 0, '', ''
      if bits(job.notes, PROGRESS) > 0 then redis.call('HDEL', progress, job.field) end
      job.notes = job.notes - bits(job.notes, RESULT + PROGRESS)
    end
    if job.expires and job.expires <= now then
      -- Whoever asks for a job to run wants it to run, so an expiry that has passed no longer counts.
      local due, name, rest = first_due(job.flags, job.body), name_in(job.flags, job.body), job.body:sub(job.rest_at)
      job.body = write_body(job.flags - EXPIRES, job.key, job.rank, job.created, due, nil, name, rest)
      set_body(job.seq, job.body)
    end
    job.state, job.due = PENDING, now
    enter(job)
    ring(job.queue)
    return true
  end,

  [RESCHEDULE] = function(job, due)
    if not is_waiting(job) then return false end
    leave(job)
    job.state, job.due = due > now and SCHEDULED or PENDING, due
    enter(job)
    -- Also where it is due later: a worker may hold a timer for the old time.
    ring(job.queue)
    return true
  end,

  [HOLD] = function(job)
    if not is_waiting(job) then return false end
    leave(job)
    job.state = BLOCKED
    enter(job)
    return true
  end,

  [DELETE] = function(job)
    if job.state == ACTIVE then return false end
    remove(job)
    ring_settled()
    return true, NO_STATE
  end,
}

local change, argument, n, keys = nil, nil, nil, {}
change, argument, n, at = unpack_from('>BI6I2', request)
for i = 1, n do keys[i], at = unpack_from('>c16', request, at) end
open_buckets(keys)
local out = {}
for i = 1, n do
  local job = load(find(keys[i]))
  if not job then
    out[i] = pack('>BB', NOT_FOUND, NO_STATE)
  else
    local allowed, state = changing[change](job, argument)
    out[i] = pack('>BB', allowed and DONE or REFUSED, state or job.state)
  end
end
write_all()
return table.concat(out)
