-- Asks the workers that run jobs to abort them.
-- in:  I2 jobs; each: c16 key, I2c0 the command
-- out: each: B (0 requested, 1 not active, 2 not found)
-- uses: jobs commands

local n, out = nil, {}
n, at = unpack_from('>I2', request)
for i = 1, n do
  local key, command
  key, command, at = unpack_from('>c16I2c0', request, at)
  local job = load(find(key))
  if not job then
    out[i] = '\2'
  elseif job.state ~= ACTIVE then
    out[i] = '\1'
  else
    leave_command(job.worker, command)
    out[i] = '\0'
  end
end
return table.concat(out)
