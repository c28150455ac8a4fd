-- Reads jobs, and what is kept with them.
-- in:  B what (1 attempts, 2 log lines, 4 checkpoints, 8 unique key), I3 most log lines of a job, the latest (0: all);
--      I2 jobs, each: c16 key
-- out: each: B found; then I5 number, I4c0 body, I4c0 record (empty: waits as it was enqueued), I4c0 progress;
--      I4 attempts, each I4c0; I4 log lines, each I4c0; I4 checkpoints, each I4c0 name, I4c0 value;
--      I2c0 unique key, I6 held until, B held in states
-- uses: jobs kept

local what, most, n, keys, out = nil, nil, nil, {}, {}
what, most, n, at = unpack_from('>BI3I2', request)
for i = 1, n do keys[i], at = unpack_from('>c16', request, at) end
open_buckets(keys)
for i = 1, n do
  local job = load(find(keys[i]))
  out[i] = job and '\1' .. show(job, what, most) or '\0'
end
return table.concat(out)
