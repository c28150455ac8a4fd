-- Jobs by their tags, each tag's in the order in which they were stored.
-- uses: jobs
-- keys: tags

-- The tags of a job: they stand in its options, which are JSON.
local function tags_of(job)
  if bits(job.flags, TAGGED) == 0 then return {} end
  local _, from = unpack_from('>I2c0', job.body, job.task_at)
  return cjson.decode((unpack_from('>I4c0', job.body, from))).tags
end

local function tag_member(tag, number) return pack('>I2c0', #tag, tag) .. number end

local function tag_with(names, number)
  for _, name in ipairs(names) do redis.call('ZADD', tags, 0, tag_member(name, number)) end
end

local function untag(job)
  for _, name in ipairs(tags_of(job)) do redis.call('ZREM', tags, tag_member(name, job.field)) end
end
