-- Writes one schedule where its revision is still the one it was made from, and with it its firings and their jobs.
-- in:  I2c0 name, I6 that revision (0: there must be none), B paused, B has a next time, I6 next time, B has a held time,
--      I6 held time, I4c0 the row; I2 firings, each: B has a job, I4c0 the firing; then jobs as for enqueue
-- out: B written; then as from enqueue
-- uses: store schedules

local name, revision, is_paused, has_next, next_at, has_held, held_at, row
name, revision, is_paused, has_next, next_at, has_held, held_at, row, at = unpack_from('>I2c0I6BBI6BI6I4c0', request)
local stored = redis.call('HGET', schedules, name)
if (stored and unpack_from('>I6', stored) or 0) ~= revision then return pack('>B', 0) end
redis.call('HSET', schedules, name, pack('>I6', redis.call('HINCRBY', meta, 'schedule_revision', 1)) .. row)
redis.call('ZADD', schedule_names, 0, name)
stand_at(schedules_next, name, has_next > is_paused and next_at)
stand_at(schedules_held, name, has_held > is_paused and held_at)
local firings, n = {}, nil
n, at = unpack_from('>I2', request, at)
for i = 1, n do
  local has_job, firing
  has_job, firing, at = unpack_from('>BI4c0', request, at)
  firings[i] = { has_job = has_job == 1, text = firing }
end
local answer = at <= #request and store_request() or ''
local from = 1
for i = 1, n do
  local holder = ''
  if firings[i].has_job then
    local outcome
    outcome, holder, from = unpack_from('>BI4c0', answer, from)
  end
  note_firing(name, holder, firings[i].text)
end
trim_firings(name)
write_all()
redis.call('PUBLISH', schedules_bell, '')
return pack('>B', 1) .. answer
