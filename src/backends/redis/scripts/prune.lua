-- Deletes the jobs of one final state that finished first, as far as a rule says so.
-- in:  B state, B by age, I6 most age in ms, B by number, I6 most jobs to keep, I2 most to delete now
-- out: I2 deleted
-- uses: drains jobs remove bells

local state, by_age, age, by_number, keep, most = unpack_from('>BBI6BI6I2', request)
local key = FINISHED[state]
local n = 0
if by_age == 1 then n = redis.call('ZCOUNT', key, '-inf', '(' .. math.max(0, now - age)) end
if by_number == 1 then n = math.max(n, redis.call('ZCARD', key) - keep) end
n = math.min(n, most)
local fields = n > 0 and redis.call('ZRANGE', key, 0, n - 1) or {}
local seqs = {}
for i = 1, #fields do seqs[i] = unpack_from('>I5', fields[i]) end
open_pages(seqs)
open_records(seqs)
local keys, jobs = {}, {}
for i = 1, #seqs do
  jobs[i] = load(seqs[i])
  keys[i] = jobs[i].key
end
open_buckets(keys)
for i = 1, #jobs do remove(jobs[i]) end
if #jobs > 0 then ring_settled() end
write_all()
return pack('>I2', #jobs)
