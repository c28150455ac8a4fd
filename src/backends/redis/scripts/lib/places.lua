-- Members of `ready` and `later`, both in one order: queue, rank, due time, number. `ready` holds what is pending
-- and does not stand in a line, `later` what waits for its time.
-- keys: ready later

local function place_of(queue, rank, due, seq)
  return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end

-- What the members of a queue begin with.
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
