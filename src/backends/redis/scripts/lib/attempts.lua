-- Attempts that ended otherwise than by success, oldest first: by number, whether they came from another store,
-- and token.
-- uses: jobs
-- keys: attempts

local SUCCEEDED_ATTEMPT, RETRIED, FAILED_ATTEMPT, CANCELLED_ATTEMPT, LOST = 1, 2, 3, 4, 5

-- Keeps how the job's latest attempt ended; the job's record has to be written after it.
local function keep_attempt(job, outcome, finished, error)
  job.notes = bit.bor(job.notes, TRIED)
  redis.call('ZADD', attempts, 0, job.field .. pack(
    '>BI6BI3I6I6I2c0I4c0',
    1, job.token, outcome, job.attempt, job.started, finished, #job.worker, job.worker, #error, error
  ))
end
