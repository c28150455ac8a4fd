/** Generated from scripts/*.lua by `npm run lua`: edit those files instead. */
export const scripts = Object.freeze({
  change: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: `local active, attempts, cancelled, checkpoints, counts, failed, held, ids, jobs_bell, later, logs, meta, owned, pages, pieces, progress, ready, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function keep_attempt(job, outcome, finished, error)
job.notes = bit.bor(job.notes, 2)
redis.call('ZADD', attempts, 0, job.field .. pack(
'>BI6BI3I6I6I2c0I4c0',
1, job.token, outcome, job.attempt, job.started, finished, #job.worker, job.worker, #error, error
))
end
local function tags_of(job)
if bits(job.flags, 8) == 0 then return {} end
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
local function disown(job)
if bits(job.flags, 16) == 0 then return end
local key = redis.call('HGET', owned, job.field)
if not key then return end
redis.call('HDEL', owned, job.field)
redis.call('HDEL', unique, key)
end
local function drop_members(key, job)
redis.call('ZREMRANGEBYLEX', key, '[' .. job.field, '(' .. field(job.seq + 1))
end
local function remove(job)
leave(job)
if bits(job.notes, 2) > 0 then drop_members(attempts, job) end
if bits(job.notes, 4) > 0 then drop_members(logs, job) end
if bits(job.notes, 16) > 0 then redis.call('HDEL', progress, job.field) end
if bits(job.notes, 8) > 0 then
local members = redis.call('ZRANGEBYLEX', pieces, '[' .. job.field, '(' .. field(job.seq + 1))
send('HDEL', checkpoints, members)
drop_members(pieces, job)
end
untag(job)
disown(job)
redis.call('HDEL', states, job.field)
forget(job.key, job.seq)
set_body(job.seq, nil)
end
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
local changing = {
[0] = function(job, reason)
if not is_waiting(job) and job.state ~= 3 then return false end
leave(job)
finish(job, 7, reason)
ring_settled()
return true
end,
[1] = function(job)
if job.state == 4 then return false end
if job.state == 5 then keep_attempt(job, 1, job.finished, '') end
leave(job)
if FINISHED[job.state] then
job.attempt, job.lost, job.reason, job.finished, job.error, job.result = 0, 0, 0, 0, '', ''
if bits(job.notes, 16) > 0 then redis.call('HDEL', progress, job.field) end
job.notes = job.notes - bits(job.notes, 1 + 16)
end
if job.expires and job.expires <= now then
local due, name, rest = first_due(job.flags, job.body), name_in(job.flags, job.body), job.body:sub(job.rest_at)
job.body = write_body(job.flags - 2, job.key, job.rank, job.created, due, nil, name, rest)
set_body(job.seq, job.body)
end
job.state, job.due = 1, now
enter(job)
ring(job.queue)
return true
end,
[2] = function(job, due)
if not is_waiting(job) then return false end
leave(job)
job.state, job.due = due > now and 0 or 1, due
enter(job)
ring(job.queue)
return true
end,
[3] = function(job)
if not is_waiting(job) then return false end
leave(job)
job.state = 3
enter(job)
return true
end,
[4] = function(job)
if job.state == 4 then return false end
remove(job)
ring_settled()
return true, 255
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
out[i] = pack('>BB', 2, 255)
else
local allowed, state = changing[change](job, argument)
out[i] = pack('>BB', allowed and 0 or 1, state or job.state)
end
end
write_all()
return table.concat(out)`,
  },
  checkpoint: {
    keys: ['active', 'cancelled', 'checkpoints', 'counts', 'failed', 'held', 'ids', 'later', 'meta', 'pages', 'pieces', 'ready', 'shelf', 'states', 'succeeded'],
    code: `local active, cancelled, checkpoints, counts, failed, held, ids, later, meta, pages, pieces, ready, shelf, states, succeeded = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local STARTED = 's'
local act, seq, key, token, value, name = unpack_from('>BI5c16I6I4c0I2c0', request)
if seq == 0 then seq = find(key) or 0 end
local number = field(seq)
local text = redis.call('HGET', active, number)
local job = text and read_record(text)
if not job or job.token ~= token then return false end
local member = number .. name
local known = redis.call('HGET', checkpoints, member)
local function keep(new)
redis.call('HSET', checkpoints, member, new)
redis.call('ZADD', pieces, 0, member)
if bits(job.notes, 8) > 0 then return end
job.notes = job.notes + 8
redis.call('HSET', active, number, write_record(job))
end
if act == 0 then
if known then return '\\1' .. known end
keep(STARTED)
elseif act == 1 then
keep(value)
elseif known == STARTED then
redis.call('HDEL', checkpoints, member)
redis.call('ZREM', pieces, member)
end
return '\\0'`,
  },
  enqueue: {
    keys: ['active', 'cancelled', 'counts', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'lines', 'meta', 'owned', 'pages', 'ready', 'runs', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: `local active, cancelled, counts, failed, held, ids, jobs_bell, later, lines, meta, owned, pages, ready, runs, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local known, moved, chunks, rewritten = {}, {}, {}, {}
local function lines_of(queue)
local list = known[queue]
if list then return list end
list = {}
local text = redis.call('HGET', lines, queue) or ''
for from = 1, #text, 9 do
local rank, head, tail = unpack_from('>BI4I4', text, from)
list[#list + 1] = { queue = queue, rank = rank, head = head, tail = tail }
end
known[queue] = list
return list
end
local function chunk_name(line, number)
return pack('>I2c0BI4', #line.queue, line.queue, line.rank, number)
end
local function open_chunk(line, number)
local name = chunk_name(line, number)
if not chunks[name] then chunks[name] = redis.call('HGET', runs, name) or '' end
return chunks[name]
end
local function set_chunk(line, number, text)
local name = chunk_name(line, number)
chunks[name] = text
rewritten[name] = true
end
local function line_at(queue, rank)
local list = lines_of(queue)
for i = 1, #list do
if list[i].rank == rank then return list[i] end
if list[i].rank > rank then
table.insert(list, i, { queue = queue, rank = rank, head = 1, tail = 1 })
return list[i]
end
end
list[#list + 1] = { queue = queue, rank = rank, head = 1, tail = 1 }
return list[#list]
end
local function line_up(queue, rank, seqs)
local line = line_at(queue, rank)
local text = open_chunk(line, line.tail)
local from, n = 0, 0
if text ~= '' then
from, n = unpack_from('>I5I2', text, #text - 7 + 1)
text = text:sub(1, #text - 7)
end
for i = 1, #seqs do
if n > 0 and seqs[i] == from + n and n < 65535 then
n = n + 1
else
if n > 0 then text = text .. pack('>I5I2', from, n) end
if #text >= 7 * 64 then
set_chunk(line, line.tail, text)
line.tail = line.tail + 1
text = ''
end
from, n = seqs[i], 1
end
end
set_chunk(line, line.tail, text .. pack('>I5I2', from, n))
moved[queue] = true
end
local function line_peek(line, most)
local seqs = {}
for number = line.head, line.tail do
local text = open_chunk(line, number)
for place = 1, #text, 7 do
local from, n = unpack_from('>I5I2', text, place)
for seq = from, from + math.min(n, most - #seqs) - 1 do seqs[#seqs + 1] = seq end
if #seqs >= most then return seqs end
end
end
return seqs
end
local function line_drop(line, n)
while n > 0 and line.head <= line.tail do
local text, place, rest = open_chunk(line, line.head), 1, ''
while n > 0 and place <= #text do
local from, length = unpack_from('>I5I2', text, place)
place = place + 7
if length > n then
rest = pack('>I5I2', from + n, length - n)
n = 0
else
n = n - length
end
end
rest = rest .. text:sub(place)
set_chunk(line, line.head, rest)
if rest == '' then line.head = line.head + 1 end
end
moved[line.queue] = true
end
writers[#writers + 1] = function()
local sets, gone = {}, {}
for name in pairs(rewritten) do
if chunks[name] == '' then
gone[#gone + 1] = name
else
sets[#sets + 1] = name
sets[#sets + 1] = chunks[name]
end
end
send('HSET', runs, sets)
send('HDEL', runs, gone)
for queue in pairs(moved) do
local records = {}
for _, line in ipairs(known[queue]) do
if line.head <= line.tail then records[#records + 1] = pack('>BI4I4', line.rank, line.head, line.tail) end
end
if #records == 0 then
redis.call('HDEL', lines, queue)
else
redis.call('HSET', lines, queue, table.concat(records))
end
end
end
local function mask(state) return 2 ^ state end
local function holder(key)
local entry = redis.call('HGET', unique, key)
if not entry then return nil end
local seq, till, held_in = unpack_from('>I5I6B', entry)
local job = load(seq)
if not job then return nil end
if till > now then return job end
local state = is_expired(job) and 7 or job.state
return bits(held_in, mask(state)) > 0 and job or nil
end
local function take_key(key, seq, till, held_in)
local before = redis.call('HGET', unique, key)
if before then redis.call('HDEL', owned, before:sub(1, 5)) end
redis.call('HSET', unique, key, pack('>I5I6B', seq, till, held_in))
redis.call('HSET', owned, field(seq), key)
end
local function tags_of(job)
if bits(job.flags, 8) == 0 then return {} end
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
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
local STORED = pack('>BI4', 0, 0)
local latest = tonumber(redis.call('HGET', meta, 'latest') or 0)
local in_line, later_members, ready_members, lined_up = {}, {}, {}, false
local function read_extras(job)
if bits(job.flags, 32) > 0 then
local id
id, at = unpack_from('>I2c0', request, at)
job.name = pack('>I2', #id) .. id
end
if bits(job.flags, 16) > 0 then
job.unique, job.conflict, job.held_for, job.held_in, at = unpack_from('>I2c0BI6B', request, at)
end
if bits(job.flags, 8) > 0 then
local n
n, at = unpack_from('>I2', request, at)
job.tags = {}
for i = 1, n do job.tags[i], at = unpack_from('>I2c0', request, at) end
end
end
local function read_job()
local key, rank, flags, due_mode, due, expiry_mode, expires, rest
key, rank, flags, due_mode, due, expiry_mode, expires, rest, at = unpack_from('>c16BBBI6BI6I4c0', request, at)
local job = {
key = key, rank = rank, flags = flags, due = due_mode == 0 and now + due or due,
expires = expiry_mode == 1 and now + expires or expires, rest = rest, name = '', unique = false,
}
if flags > 4 then read_extras(job) end
if expiry_mode > 0 then job.flags = flags + 2 end
return job
end
local function queue_of(rest)
local _, queue = unpack_from('>I3I2c0', rest)
return queue
end
local function write_places()
send('ZADD', later, later_members)
send('ZADD', ready, ready_members)
later_members, ready_members = {}, {}
end
local function line_for(queue, rank)
local name = queue .. '\\0' .. rank
local seqs = in_line[name]
if not seqs then
seqs = { queue = queue, rank = rank }
in_line[name] = seqs
end
return seqs
end
local function stand(job, seq, queue)
ring(queue)
local state = first_state(now, job.due)
count(queue, state, 1)
if state == 1 and job.due == now and now >= latest then
local seqs = line_for(queue, job.rank)
seqs[#seqs + 1] = seq
lined_up = true
return
end
local members = state == 1 and ready_members or later_members
members[#members + 1] = 0
members[#members + 1] = place_of(queue, job.rank, job.due, seq)
end
local function create(job)
local flags = job.flags + (job.due ~= now and 1 or 0)
local seq = add_body(write_body(flags, job.key, job.rank, now, job.due, job.expires, job.name, job.rest))
local queue = queue_of(job.rest)
remember(job.key, seq)
if job.tags then tag_with(job.tags, field(seq)) end
if job.unique then take_key(job.unique, seq, job.held_for > 0 and now + job.held_for or 0, job.held_in) end
stand(job, seq, queue)
return 0, ''
end
local function with_task_of(other, rest)
local _, _, task_at = unpack_from('>I3I2c0', rest)
local after = task_at + 2 + unpack_from('>I2', rest, task_at)
local _, other_after = unpack_from('>I2c0', other.body, other.task_at)
return rest:sub(1, task_at - 1) .. other.body:sub(other.task_at, other_after - 1) .. rest:sub(after)
end
local function replace(held_by, job)
write_places()
leave(held_by)
untag(held_by)
local due = job.conflict == 2 and job.due or held_by.due
local flags = bits(job.flags, 4 + 8 + 2) + bits(held_by.flags, 1 + 16 + 32)
local name, due_then = name_in(held_by.flags, held_by.body), first_due(held_by.flags, held_by.body)
local rest = with_task_of(held_by, job.rest)
held_by.body = write_body(flags, held_by.key, job.rank, held_by.created, due_then, job.expires, name, rest)
set_body(held_by.seq, held_by.body)
held_by.flags, held_by.rank, held_by.due = flags, job.rank, due
held_by.queue = queue_of(job.rest)
if job.conflict == 2 then held_by.state = due > now and 0 or 1 end
tag_with(job.tags or {}, held_by.field)
enter(held_by)
ring(held_by.queue)
return job.conflict == 2 and 3 or 2, held_by.body
end
local function store(job)
if find(job.key) then return 1, '' end
local held_by = job.unique and holder(job.unique)
if not held_by then return create(job) end
if job.conflict == 0 or not is_waiting(held_by) or is_expired(held_by) then
return 1, held_by.body
end
return replace(held_by, job)
end
local jobs, keys, out = {}, {}, {}
local n
n, at = unpack_from('>I2', request, at)
for i = 1, n do
jobs[i] = read_job()
keys[i] = jobs[i].key
end
open_buckets(keys)
for i = 1, n do
local outcome, body = store(jobs[i])
out[i] = outcome == 0 and STORED or pack('>BI4', outcome, #body) .. body
end
write_places()
for _, seqs in pairs(in_line) do line_up(seqs.queue, seqs.rank, seqs) end
if lined_up then redis.call('HSET', meta, 'latest', now) end
write_all()
return table.concat(out)`,
  },
  exchange: {
    keys: ['active', 'attempts', 'cancelled', 'counts', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'leases', 'lines', 'meta', 'pages', 'paused', 'ready', 'replies', 'runs', 'settled_bell', 'shelf', 'states', 'succeeded'],
    code: `local active, attempts, cancelled, counts, failed, held, ids, jobs_bell, later, leases, lines, meta, pages, paused, ready, replies, runs, settled_bell, shelf, states, succeeded = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function keep_attempt(job, outcome, finished, error)
job.notes = bit.bor(job.notes, 2)
redis.call('ZADD', attempts, 0, job.field .. pack(
'>BI6BI3I6I6I2c0I4c0',
1, job.token, outcome, job.attempt, job.started, finished, #job.worker, job.worker, #error, error
))
end
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
local queues = {}
local lost, settled_fields, settled_records, finished = {}, {}, {}, {}
local settled_tokens = {}
local freed, successes = {}, {}
local NOW = pack('>I6', now)
local NO_REASON, NO_ERROR = '\\0', '\\0\\0\\0\\0'
local function find_settlements()
local starts, fields, n = {}, {}, nil
n, at = unpack_from('>I2', request, at)
for i = 1, n do
starts[i], fields[i] = at, request:sub(at, at + 4)
if fields[i] == '\\0\\0\\0\\0\\0' then fields[i] = field(find(request:sub(at + 5, at + 20)) or 0) end
at = at + 42 + unpack_from('>I4', request, at + 38)
end
return starts, fields
end
local function wait_again(job, state, due)
local _, _, rank, _, _, _, _, queue = read_body(body_of(job.seq))
job.state, job.due = state, due
redis.call('HSET', states, job.field, write_record(job))
redis.call('ZADD', state == 1 and ready or later, 0, place_of(queue, rank, due, job.seq))
count(queue, state, 1)
ring(queue)
end
local function stop(job, queue, state, reason, error)
job.state, job.finished, job.reason, job.error = state, now, reason, error
redis.call('HSET', states, job.field, write_record(job))
redis.call('ZADD', FINISHED[state], now, job.field)
count(queue, state, 1)
ring_settled()
end
local function settle(number, record, start)
local index, kind, flag, reason, delay, text = unpack_from('>I2BBBI6I4c0', request, start + 27)
local queue, job = queues[index], read_record(record)
job.field, job.seq = number, (unpack_from('>I5', number))
count(queue, 4, -1)
if kind == 1 then
keep_attempt(job, 2, now, text)
job.error = text
wait_again(job, 2, now + delay)
elseif kind == 2 then
keep_attempt(job, 3, now, text)
if flag == 0 then job.attempt = job.attempt - 1 end
stop(job, queue, 6, reason, text)
elseif kind == 3 then
keep_attempt(job, 4, now, text)
stop(job, queue, 7, reason, text)
elseif kind == 4 then
keep_attempt(job, 6, now, '')
job.attempt = job.attempt - 1
wait_again(job, 0, now + delay)
else
job.attempt = job.attempt - 1
wait_again(job, 1, job.due)
end
end
local function succeed(number, record, start, worker_ends)
local notes, index, length = record:byte(2), unpack_from('>I2', request, start + 27), unpack_from('>I4', request, start + 38)
settled_records[#settled_records + 1] = number
settled_records[#settled_records + 1] = string.char(5, notes - bits(notes, 1) + request:byte(start + 30))
.. record:sub(3, 25) .. NOW .. NO_REASON .. record:sub(33, worker_ends) .. NO_ERROR
.. request:sub(start + 42, start + 41 + length)
finished[#finished + 1] = now
finished[#finished + 1] = number
successes[index] = (successes[index] or 0) + 1
end
local function write_settled()
send('HSET', states, settled_records)
send('ZADD', succeeded, finished)
send('HDEL', active, settled_fields)
for name, n in pairs(freed) do
if redis.call('HINCRBY', held, name, -n) <= 0 then redis.call('HDEL', held, name) end
end
for index, n in pairs(successes) do
count(queues[index], 4, -n)
count(queues[index], 5, n)
ring_settled()
end
end
local function settle_all()
local starts, fields = find_settlements()
local records, done = fetch(active, fields), {}
for i = 1, #starts do
local number, record, start = fields[i], records[i], starts[i]
local token = request:sub(start + 21, start + 26)
if record and not done[number] and record:sub(3, 8) == token then
done[number] = true
settled_fields[#settled_fields + 1] = number
settled_tokens[#settled_tokens + 1] = token
local worker_ends = 34 + unpack_from('>I2', record, 33)
local holder_of = record:sub(35, worker_ends)
freed[holder_of] = (freed[holder_of] or 0) + 1
if request:byte(start + 29) == 0 then
succeed(number, record, start, worker_ends)
else
settle(number, record, start)
end
else
lost[#lost + 1] = i
end
end
write_settled()
end
local known, moved, chunks, rewritten = {}, {}, {}, {}
local function lines_of(queue)
local list = known[queue]
if list then return list end
list = {}
local text = redis.call('HGET', lines, queue) or ''
for from = 1, #text, 9 do
local rank, head, tail = unpack_from('>BI4I4', text, from)
list[#list + 1] = { queue = queue, rank = rank, head = head, tail = tail }
end
known[queue] = list
return list
end
local function chunk_name(line, number)
return pack('>I2c0BI4', #line.queue, line.queue, line.rank, number)
end
local function open_chunk(line, number)
local name = chunk_name(line, number)
if not chunks[name] then chunks[name] = redis.call('HGET', runs, name) or '' end
return chunks[name]
end
local function set_chunk(line, number, text)
local name = chunk_name(line, number)
chunks[name] = text
rewritten[name] = true
end
local function line_at(queue, rank)
local list = lines_of(queue)
for i = 1, #list do
if list[i].rank == rank then return list[i] end
if list[i].rank > rank then
table.insert(list, i, { queue = queue, rank = rank, head = 1, tail = 1 })
return list[i]
end
end
list[#list + 1] = { queue = queue, rank = rank, head = 1, tail = 1 }
return list[#list]
end
local function line_up(queue, rank, seqs)
local line = line_at(queue, rank)
local text = open_chunk(line, line.tail)
local from, n = 0, 0
if text ~= '' then
from, n = unpack_from('>I5I2', text, #text - 7 + 1)
text = text:sub(1, #text - 7)
end
for i = 1, #seqs do
if n > 0 and seqs[i] == from + n and n < 65535 then
n = n + 1
else
if n > 0 then text = text .. pack('>I5I2', from, n) end
if #text >= 7 * 64 then
set_chunk(line, line.tail, text)
line.tail = line.tail + 1
text = ''
end
from, n = seqs[i], 1
end
end
set_chunk(line, line.tail, text .. pack('>I5I2', from, n))
moved[queue] = true
end
local function line_peek(line, most)
local seqs = {}
for number = line.head, line.tail do
local text = open_chunk(line, number)
for place = 1, #text, 7 do
local from, n = unpack_from('>I5I2', text, place)
for seq = from, from + math.min(n, most - #seqs) - 1 do seqs[#seqs + 1] = seq end
if #seqs >= most then return seqs end
end
end
return seqs
end
local function line_drop(line, n)
while n > 0 and line.head <= line.tail do
local text, place, rest = open_chunk(line, line.head), 1, ''
while n > 0 and place <= #text do
local from, length = unpack_from('>I5I2', text, place)
place = place + 7
if length > n then
rest = pack('>I5I2', from + n, length - n)
n = 0
else
n = n - length
end
end
rest = rest .. text:sub(place)
set_chunk(line, line.head, rest)
if rest == '' then line.head = line.head + 1 end
end
moved[line.queue] = true
end
writers[#writers + 1] = function()
local sets, gone = {}, {}
for name in pairs(rewritten) do
if chunks[name] == '' then
gone[#gone + 1] = name
else
sets[#sets + 1] = name
sets[#sets + 1] = chunks[name]
end
end
send('HSET', runs, sets)
send('HDEL', runs, gone)
for queue in pairs(moved) do
local records = {}
for _, line in ipairs(known[queue]) do
if line.head <= line.tail then records[#records + 1] = pack('>BI4I4', line.rank, line.head, line.tail) end
end
if #records == 0 then
redis.call('HDEL', lines, queue)
else
redis.call('HSET', lines, queue, table.concat(records))
end
end
end
local claims, looked_at, next_due, more = {}, 0, nil, false
local function sooner(a, b)
if a and b then return math.min(a, b) end
return a or b
end
local function seek(key, prefix, rank)
local found = redis.call('ZRANGEBYLEX', key, '[' .. prefix .. pack('>B', rank), '(' .. prefix .. '\\255', 'LIMIT', 0, 1)[1]
if not found then return nil end
return unpack_from('>BI6', found, #prefix + 1)
end
local function candidates(line, prefix, rank, room)
local ranked, list = prefix .. pack('>B', rank), {}
local function add(key, upto)
local members = redis.call('ZRANGEBYLEX', key, '[' .. ranked, '(' .. ranked .. upto, 'LIMIT', 0, room)
for i = 1, #members do
local due, seq = unpack_from('>I6I5', members[i], #ranked + 1)
list[#list + 1] = { due = due, seq = seq, source = key, member = members[i] }
end
end
add(ready, '\\255')
add(later, pack('>I6', now + 1))
local seqs, due = line and line_peek(line, room) or {}, 0
open_pages(seqs)
for i = 1, #seqs do
local body = body_of(seqs[i])
if body then due = unpack_from('>I6', body, 19) end
list[#list + 1] = { due = due, seq = seqs[i], source = false, member = false }
end
table.sort(list, function(a, b)
if a.due ~= b.due then return a.due < b.due end
return a.seq < b.seq
end)
for i = #list, room + 1, -1 do list[i] = nil end
return list
end
local function expire(seq)
local job = load(seq)
leave(job)
finish(job, 7, 7)
ring_settled()
end
local function claim_one(queue, seq, number, body, record)
local flags = body:byte(1)
if bits(flags, 2) > 0 then
local _, _, _, _, _, expires = read_body(body)
if expires <= now then
expire(seq)
return false
end
end
if record then
claims[#claims + 1] = { number, body, record }
count(queue, record:byte(1), -1)
else
local due = bits(flags, 1) > 0 and body:sub(25, 30) or body:sub(19, 24)
claims[#claims + 1] = { number, body, false, due }
count(queue, due > body:sub(19, 24) and 0 or 1, -1)
end
count(queue, 4, 1)
return true
end
local function claim_line(queue, line, seqs)
line_drop(line, #seqs)
open_pages(seqs)
open_records(seqs)
local fields, taken = {}, 0
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local running = fetch(active, fields)
for i = 1, #seqs do
local body = body_of(seqs[i])
if body and not running[i] and not read_ahead[fields[i]] and claim_one(queue, seqs[i], fields[i], body, false) then
taken = taken + 1
end
end
return taken
end
local function claim_mixed(queue, line, list)
local seqs, out, in_line = {}, { [ready] = {}, [later] = {} }, {}
for i = 1, #list do
local one = list[i]
if one.source then
seqs[#seqs + 1] = one.seq
table.insert(out[one.source], one.member)
end
end
send('ZREM', ready, out[ready])
send('ZREM', later, out[later])
open_pages(seqs)
open_records(seqs)
local taken = 0
for i = 1, #list do
local one = list[i]
if not one.source then
taken = taken + claim_line(queue, line, { one.seq })
else
local number, body = field(one.seq), body_of(one.seq)
if body and claim_one(queue, one.seq, number, body, read_ahead[number]) then taken = taken + 1 end
end
end
return taken
end
local function claim_rank(queue, prefix, rank, line, mixed, room)
local taken = 0
while taken < room and looked_at < 1000 do
local list = mixed and candidates(line, prefix, rank, room - taken) or line_peek(line, room - taken)
if #list == 0 then break end
looked_at = looked_at + #list
taken = taken + (mixed and claim_mixed(queue, line, list) or not mixed and claim_line(queue, line, list) or 0)
end
return taken
end
local function claim_queue(queue, room)
local prefix, rank = queue_prefix(queue), 0
local in_line, place = lines_of(queue), 1
local any_ready, any_later, queue_due = true, true, nil
while room > 0 and rank <= 255 do
if looked_at >= 1000 then
more = true
return
end
local ready_rank = any_ready and seek(ready, prefix, rank) or nil
local later_rank, later_due
if any_later then later_rank, later_due = seek(later, prefix, rank) end
any_ready, any_later = ready_rank ~= nil, later_rank ~= nil
while in_line[place] and (in_line[place].rank < rank or in_line[place].head > in_line[place].tail) do place = place + 1 end
local line = in_line[place]
local first = math.min(ready_rank or 256, later_rank or 256, line and line.rank or 256)
if first > 255 then break end
if later_rank == first and later_due > now then queue_due = sooner(queue_due, later_due) end
local is_line = line and line.rank == first
local mixed = ready_rank == first or (later_rank == first and later_due <= now)
if is_line or mixed then
room = room - claim_rank(queue, prefix, first, is_line and line or nil, mixed, room)
if room > 0 and later_rank == first then
local next_rank, due = seek(later, prefix, first)
if next_rank == first then queue_due = sooner(queue_due, due) end
end
end
rank = first + 1
end
if room > 0 then next_due = sooner(next_due, queue_due) end
end
local function lease_all(worker)
if #claims == 0 then return end
local token = redis.call('HINCRBY', meta, 'token', #claims) - #claims
local records, emptied = {}, {}
local first, after_due = '\\0\\0\\1\\0\\0', pack('>I6', now) .. '\\0\\0\\0\\0\\0\\0' .. '\\0' .. pack('>I2c0', #worker, worker) .. '\\0\\0\\0\\0'
for i = 1, #claims do
local claim = claims[i]
local own_token = pack('>I6', token + i)
claim[5] = own_token
records[#records + 1] = claim[1]
if claim[3] then
emptied[#emptied + 1] = claim[1]
local job = read_record(claim[3])
job.state, job.token, job.attempt, job.started, job.finished = 4, token + i, job.attempt + 1, now, 0
job.worker, job.reason, job.result, job.notes = worker, 0, '', job.notes - bits(job.notes, 1)
claim[4], claim[6] = pack('>I6', job.due), pack('>I3', job.attempt)
records[#records + 1] = write_record(job)
else
claim[6] = '\\0\\0\\1'
records[#records + 1] = '\\4\\0' .. own_token .. first .. claim[4] .. after_due
end
end
send('HDEL', states, emptied)
send('HSET', active, records)
redis.call('HINCRBY', held, worker, #claims)
end
local LEASE = '>I6I6I6I4I4'
local function lease_of(worker)
local text = redis.call('HGET', leases, worker)
if not text then return nil end
local lease = {}
lease.till, lease.length, lease.seen, lease.beats, lease.suspected = unpack_from(LEASE, text)
lease.till = math.min(lease.till, now + lease.length)
return lease
end
local function set_lease(worker, lease)
redis.call('HSET', leases, worker, pack(LEASE, lease.till, lease.length, lease.seen, lease.beats, lease.suspected))
end
local function is_live(worker)
local lease = lease_of(worker)
return lease ~= nil and lease.till > now
end
local worker, sender, number, lost_number
worker, sender, number, lost_number, at = unpack_from('>I2c0c8I6I6', request, at)
do
local n
n, at = unpack_from('>I2', request, at)
for i = 1, n do queues[i], at = unpack_from('>I2c0', request, at) end
end
local replayed, settled_before = {}, ''
local function shown(claim)
return claim[1] .. claim[5] .. claim[6] .. claim[4] .. pack('>I4', #claim[2]) .. claim[2]
end
local function replay()
local reply = redis.call('HGET', replies, worker)
if not reply then return true end
local by, latest_number, n, from = unpack_from('>c8I6I4', reply)
if by ~= sender then return true end
if number <= latest_number then return false end
if lost_number == 0 or latest_number < lost_number then return true end
settled_before = reply:sub(from, from - 1 + n * 6)
from = from + n * 6
while from <= #reply do
local seq, token
seq, token, from = unpack_from('>I5I6', reply, from)
local record = redis.call('HGET', active, field(seq))
local body = record and body_of(seq)
if body then
local job = read_record(record)
if job.token == token then
replayed[#replayed + 1] =
{ field(seq), body, record, pack('>I6', job.due), pack('>I6', token), pack('>I3', job.attempt) }
end
end
end
return true
end
local function remember_reply()
if #claims == 0 and #settled_tokens == 0 and lost_number == 0 then return end
local tokens = settled_before .. table.concat(settled_tokens)
local parts = { pack('>c8I6I4', sender, number, #tokens / 6), tokens }
for i = 1, #replayed do parts[#parts + 1] = replayed[i][1] .. replayed[i][5] end
for i = 1, #claims do parts[#parts + 1] = claims[i][1] .. claims[i][5] end
redis.call('HSET', replies, worker, table.concat(parts))
end
if not replay() then return redis.error_reply('MILLRACE stale exchange') end
settle_all()
local live = is_live(worker)
do
local n, limit, wanted = nil, nil, {}
n, at = unpack_from('>I2', request, at)
for i = 1, n do
local index, most
index, most, at = unpack_from('>I2I3', request, at)
wanted[i] = { queue = queues[index], limit = most }
end
limit, at = unpack_from('>I3', request, at)
limit = limit - #replayed
if live then
for i = 1, n do
local room = math.min(limit - #claims, wanted[i].limit)
if room <= 0 then
if limit - #claims <= 0 then break end
elseif redis.call('SISMEMBER', paused, wanted[i].queue) == 0 then
claim_queue(wanted[i].queue, room)
if more then break end
end
end
lease_all(worker)
if #claims >= limit then next_due = nil end
end
end
remember_reply()
write_all()
local out = { pack('>BBI6I2', live and 0 or 1, more and 1 or 0, next_due and next_due - now + 1 or 0, #lost) }
for i = 1, #lost do out[#out + 1] = pack('>I2', lost[i]) end
out[#out + 1] = pack('>I4', #settled_before / 6) .. settled_before
out[#out + 1] = pack('>I2', #replayed + #claims)
for i = 1, #replayed do out[#out + 1] = shown(replayed[i]) end
for i = 1, #claims do out[#out + 1] = shown(claims[i]) end
return table.concat(out)`,
  },
  get: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'failed', 'held', 'ids', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'shelf', 'states', 'succeeded', 'unique'],
    code: `local active, attempts, cancelled, checkpoints, counts, failed, held, ids, later, logs, meta, owned, pages, pieces, progress, ready, shelf, states, succeeded, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function sized(text) return pack('>I4', #text) .. text end
local function shown_members(key, job, most)
local from, to = '[' .. job.field, '(' .. field(job.seq + 1)
local members = most > 0 and redis.call('ZREVRANGEBYLEX', key, to, from, 'LIMIT', 0, most)
or redis.call('ZREVRANGEBYLEX', key, to, from)
local parts = { pack('>I4', #members) }
for i = #members, 1, -1 do parts[#parts + 1] = sized(members[i]:sub(5 + 7 + 1)) end
return table.concat(parts)
end
local function shown_pieces(job)
local members = redis.call('ZRANGEBYLEX', pieces, '[' .. job.field, '(' .. field(job.seq + 1))
local values, parts = fetch(checkpoints, members), { pack('>I4', #members) }
for i = 1, #members do
parts[#parts + 1] = sized(members[i]:sub(5 + 1))
parts[#parts + 1] = sized(values[i])
end
return table.concat(parts)
end
local function shown_key(job)
local key = bits(job.flags, 16) > 0 and redis.call('HGET', owned, job.field)
local entry = key and redis.call('HGET', unique, key)
if not entry then return pack('>I2I6B', 0, 0, 0) end
local _, till, held_in = unpack_from('>I5I6B', entry)
return pack('>I2c0I6B', #key, key, till, held_in)
end
local function shown_progress(job)
local text = bits(job.notes, 16) > 0 and redis.call('HGET', progress, job.field)
if not text or unpack_from('>I6', text) ~= job.token then return '' end
return text:sub(7)
end
local NONE = pack('>I4', 0)
local function show(job, what, most)
local record = job.has_record and write_record(job) or ''
return table.concat({
job.field,
sized(job.body),
sized(record),
sized(shown_progress(job)),
bits(what, 1) > 0 and bits(job.notes, 2) > 0 and shown_members(attempts, job, 0) or NONE,
bits(what, 2) > 0 and bits(job.notes, 4) > 0 and shown_members(logs, job, most) or NONE,
bits(what, 4) > 0 and bits(job.notes, 8) > 0 and shown_pieces(job) or NONE,
bits(what, 8) > 0 and shown_key(job) or pack('>I2I6B', 0, 0, 0),
})
end
local what, most, n, keys, out = nil, nil, nil, {}, {}
what, most, n, at = unpack_from('>BI3I2', request)
for i = 1, n do keys[i], at = unpack_from('>c16', request, at) end
open_buckets(keys)
for i = 1, n do
local job = load(find(keys[i]))
out[i] = job and '\\1' .. show(job, what, most) or '\\0'
end
return table.concat(out)`,
  },
  heartbeat: {
    keys: ['leases', 'meta', 'workers'],
    code: `local leases, meta, workers = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local LEASE = '>I6I6I6I4I4'
local function lease_of(worker)
local text = redis.call('HGET', leases, worker)
if not text then return nil end
local lease = {}
lease.till, lease.length, lease.seen, lease.beats, lease.suspected = unpack_from(LEASE, text)
lease.till = math.min(lease.till, now + lease.length)
return lease
end
local function set_lease(worker, lease)
redis.call('HSET', leases, worker, pack(LEASE, lease.till, lease.length, lease.seen, lease.beats, lease.suspected))
end
local function is_live(worker)
local lease = lease_of(worker)
return lease ~= nil and lease.till > now
end
local worker, length, info = unpack_from('>I2c0I6I4c0', request)
local before = lease_of(worker)
set_lease(worker, {
till = now + length,
length = length,
seen = now,
beats = before and before.beats + 1 or 1,
suspected = 0,
})
redis.call('HSET', workers, worker, info)
return (before == nil or before.till > now) and 1 or 0`,
  },
  holders: {
    keys: ['active', 'cancelled', 'counts', 'failed', 'held', 'ids', 'later', 'meta', 'owned', 'pages', 'ready', 'shelf', 'states', 'succeeded', 'unique'],
    code: `local active, cancelled, counts, failed, held, ids, later, meta, owned, pages, ready, shelf, states, succeeded, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function mask(state) return 2 ^ state end
local function holder(key)
local entry = redis.call('HGET', unique, key)
if not entry then return nil end
local seq, till, held_in = unpack_from('>I5I6B', entry)
local job = load(seq)
if not job then return nil end
if till > now then return job end
local state = is_expired(job) and 7 or job.state
return bits(held_in, mask(state)) > 0 and job or nil
end
local function take_key(key, seq, till, held_in)
local before = redis.call('HGET', unique, key)
if before then redis.call('HDEL', owned, before:sub(1, 5)) end
redis.call('HSET', unique, key, pack('>I5I6B', seq, till, held_in))
redis.call('HSET', owned, field(seq), key)
end
local n, out = nil, {}
n, at = unpack_from('>I2', request)
for i = 1, n do
local key
key, at = unpack_from('>I2c0', request, at)
local job = holder(key)
out[i] = job and pack('>I4', #job.body) .. job.body or pack('>I4', 0)
end
return table.concat(out)`,
  },
  listWorkers: {
    keys: ['leases', 'workers'],
    code: `local leases, workers = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local LEASE = '>I6I6I6I4I4'
local function lease_of(worker)
local text = redis.call('HGET', leases, worker)
if not text then return nil end
local lease = {}
lease.till, lease.length, lease.seen, lease.beats, lease.suspected = unpack_from(LEASE, text)
lease.till = math.min(lease.till, now + lease.length)
return lease
end
local function set_lease(worker, lease)
redis.call('HSET', leases, worker, pack(LEASE, lease.till, lease.length, lease.seen, lease.beats, lease.suspected))
end
local function is_live(worker)
local lease = lease_of(worker)
return lease ~= nil and lease.till > now
end
local out = {}
for _, worker in ipairs(redis.call('HKEYS', leases)) do
local lease = lease_of(worker)
local info = lease.till > now and redis.call('HGET', workers, worker)
if info then out[#out + 1] = pack('>I6I6I4', lease.till, lease.seen, #info) .. info end
end
return table.concat(out)`,
  },
  list: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'failed', 'held', 'ids', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: `local active, attempts, cancelled, checkpoints, counts, failed, held, ids, later, logs, meta, owned, pages, pieces, progress, ready, shelf, states, succeeded, tags, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function sized(text) return pack('>I4', #text) .. text end
local function shown_members(key, job, most)
local from, to = '[' .. job.field, '(' .. field(job.seq + 1)
local members = most > 0 and redis.call('ZREVRANGEBYLEX', key, to, from, 'LIMIT', 0, most)
or redis.call('ZREVRANGEBYLEX', key, to, from)
local parts = { pack('>I4', #members) }
for i = #members, 1, -1 do parts[#parts + 1] = sized(members[i]:sub(5 + 7 + 1)) end
return table.concat(parts)
end
local function shown_pieces(job)
local members = redis.call('ZRANGEBYLEX', pieces, '[' .. job.field, '(' .. field(job.seq + 1))
local values, parts = fetch(checkpoints, members), { pack('>I4', #members) }
for i = 1, #members do
parts[#parts + 1] = sized(members[i]:sub(5 + 1))
parts[#parts + 1] = sized(values[i])
end
return table.concat(parts)
end
local function shown_key(job)
local key = bits(job.flags, 16) > 0 and redis.call('HGET', owned, job.field)
local entry = key and redis.call('HGET', unique, key)
if not entry then return pack('>I2I6B', 0, 0, 0) end
local _, till, held_in = unpack_from('>I5I6B', entry)
return pack('>I2c0I6B', #key, key, till, held_in)
end
local function shown_progress(job)
local text = bits(job.notes, 16) > 0 and redis.call('HGET', progress, job.field)
if not text or unpack_from('>I6', text) ~= job.token then return '' end
return text:sub(7)
end
local NONE = pack('>I4', 0)
local function show(job, what, most)
local record = job.has_record and write_record(job) or ''
return table.concat({
job.field,
sized(job.body),
sized(record),
sized(shown_progress(job)),
bits(what, 1) > 0 and bits(job.notes, 2) > 0 and shown_members(attempts, job, 0) or NONE,
bits(what, 2) > 0 and bits(job.notes, 4) > 0 and shown_members(logs, job, most) or NONE,
bits(what, 4) > 0 and bits(job.notes, 8) > 0 and shown_pieces(job) or NONE,
bits(what, 8) > 0 and shown_key(job) or pack('>I2I6B', 0, 0, 0),
})
end
local newest, from, most, state_bits, reason_bits, created_from, created_before
newest, from, most, state_bits, reason_bits, created_from, created_before, at =
unpack_from('>BI5I2BI2I6I6', request)
newest = newest == 1
local function read_names()
local given, n, names
given, n, at = unpack_from('>BI2', request, at)
names = {}
for _ = 1, n do
local name
name, at = unpack_from('>I2c0', request, at)
names[name] = true
end
return given == 1 and names or nil
end
local queues, tasks = read_names(), read_names()
local tag = unpack_from('>I2c0', request, at)
local function fits(job)
if bits(state_bits, 2 ^ job.state) == 0 then return false end
if reason_bits > 0 and bits(reason_bits, 2 ^ job.reason) == 0 then return false end
if job.created < created_from or (created_before > 0 and job.created >= created_before) then return false end
if queues and not queues[job.queue] then return false end
return not tasks or tasks[(unpack_from('>I2c0', job.body, job.task_at))] == true
end
local out, bytes, looked_at, found = {}, 0, 0, 0
local function look(seq)
looked_at = looked_at + 1
local job = load(seq)
if job and fits(job) then
found = found + 1
out[#out + 1] = show(job, 0, 0)
bytes = bytes + #out[#out]
end
from = newest and seq - 1 or seq + 1
return found < most and bytes < (2 ^ 20) and looked_at < 2000
end
local function look_at_page(number)
local seqs = {}
for slot in pairs(open_page(number)) do
local seq = number * 32 + slot
if (newest and seq <= from) or (not newest and seq >= from) then seqs[#seqs + 1] = seq end
end
table.sort(seqs, function(a, b)
if newest then return a > b end
return a < b
end)
open_records(seqs)
for _, seq in ipairs(seqs) do
if not look(seq) then return false end
end
return true
end
local function walk_pages()
while true do
local number = page_of(from)
local numbers = newest and redis.call('ZREVRANGEBYSCORE', shelf, number, '-inf', 'LIMIT', 0, 8)
or redis.call('ZRANGEBYSCORE', shelf, number, '+inf', 'LIMIT', 0, 8)
if #numbers == 0 then return true end
local firsts = {}
for i = 1, #numbers do firsts[i] = tonumber(numbers[i]) * 32 end
open_pages(firsts)
for i = 1, #numbers do
if not look_at_page(tonumber(numbers[i])) then return false end
end
local last = firsts[#firsts]
from = newest and last - 1 or last + 32
if from < 32 then return true end
end
end
local function walk_tag()
local prefix = pack('>I2c0', #tag, tag)
while true do
local members = newest
and redis.call('ZREVRANGEBYLEX', tags, '[' .. prefix .. field(from), '[' .. prefix .. field(0), 'LIMIT', 0, 200)
or redis.call('ZRANGEBYLEX', tags, '[' .. prefix .. field(from), '[' .. prefix .. field(2 ^ 40 - 1), 'LIMIT', 0, 200)
if #members == 0 then return true end
local seqs = {}
for i = 1, #members do seqs[i] = unpack_from('>I5', members[i], #prefix + 1) end
open_pages(seqs)
open_records(seqs)
for i = 1, #seqs do
if not look(seqs[i]) then return false end
end
end
end
if from == 0 and newest then from = 2 ^ 40 - 1 end
local whole
if tag ~= '' then whole = walk_tag() else whole = walk_pages() end
return field(whole and 0 or from) .. table.concat(out)`,
  },
  migrate: {
    keys: ['meta'],
    code: `local meta = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local version = unpack_from('>I2', request)
local found = tonumber(redis.call('HGET', meta, 'schema') or 0)
if found == 0 then redis.call('HSET', meta, 'schema', version) end
return pack('>I2', found)`,
  },
  note: {
    keys: ['active', 'cancelled', 'counts', 'failed', 'held', 'ids', 'later', 'logs', 'meta', 'pages', 'progress', 'ready', 'shelf', 'states', 'succeeded'],
    code: `local active, cancelled, counts, failed, held, ids, later, logs, meta, pages, progress, ready, shelf, states, succeeded = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function note(key, token, shown, lines)
local job = load(find(key))
if not job or job.state ~= 4 or job.token ~= token then return end
if shown ~= '' then
redis.call('HSET', progress, job.field, pack('>I6', token) .. shown)
job.notes = bit.bor(job.notes, 16)
end
if #lines > 0 then
local latest, members = redis.call('HINCRBY', meta, 'line', #lines) - #lines, {}
for i = 1, #lines do
members[#members + 1] = 0
members[#members + 1] = job.field .. pack('>BI6', 1, latest + i) .. lines[i]
end
send('ZADD', logs, members)
job.notes = bit.bor(job.notes, 4)
end
redis.call('HSET', active, job.field, write_record(job))
end
local n
n, at = unpack_from('>I2', request)
for _ = 1, n do
local key, token, shown, count_lines, lines = nil, nil, nil, nil, {}
key, token, shown, count_lines, at = unpack_from('>c16I6I4c0I2', request, at)
for i = 1, count_lines do lines[i], at = unpack_from('>I4c0', request, at) end
note(key, token, shown, lines)
end
return 1`,
  },
  pause: {
    keys: ['jobs_bell', 'paused', 'settled_bell'],
    code: `local jobs_bell, paused, settled_bell = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
local pausing, n
pausing, n, at = unpack_from('>BI2', request)
for _ = 1, n do
local queue
queue, at = unpack_from('>I2c0', request, at)
redis.call(pausing == 1 and 'SADD' or 'SREM', paused, queue)
if pausing == 0 then ring(queue) end
end
write_all()
return 1`,
  },
  prune: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: `local active, attempts, cancelled, checkpoints, counts, failed, held, ids, jobs_bell, later, logs, meta, owned, pages, pieces, progress, ready, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function tags_of(job)
if bits(job.flags, 8) == 0 then return {} end
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
local function disown(job)
if bits(job.flags, 16) == 0 then return end
local key = redis.call('HGET', owned, job.field)
if not key then return end
redis.call('HDEL', owned, job.field)
redis.call('HDEL', unique, key)
end
local function drop_members(key, job)
redis.call('ZREMRANGEBYLEX', key, '[' .. job.field, '(' .. field(job.seq + 1))
end
local function remove(job)
leave(job)
if bits(job.notes, 2) > 0 then drop_members(attempts, job) end
if bits(job.notes, 4) > 0 then drop_members(logs, job) end
if bits(job.notes, 16) > 0 then redis.call('HDEL', progress, job.field) end
if bits(job.notes, 8) > 0 then
local members = redis.call('ZRANGEBYLEX', pieces, '[' .. job.field, '(' .. field(job.seq + 1))
send('HDEL', checkpoints, members)
drop_members(pieces, job)
end
untag(job)
disown(job)
redis.call('HDEL', states, job.field)
forget(job.key, job.seq)
set_body(job.seq, nil)
end
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
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
return pack('>I2', #jobs)`,
  },
  receiveCommands: {
    keys: ['commands'],
    code: `local commands = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local worker = unpack_from('>I2c0', request)
local waiting = redis.call('HGET', commands, worker)
if waiting then redis.call('HDEL', commands, worker) end
return waiting or ''`,
  },
  releaseKeys: {
    keys: ['owned', 'unique'],
    code: `local owned, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local n
n, at = unpack_from('>I2', request)
for _ = 1, n do
local key
key, at = unpack_from('>I2c0', request, at)
local entry = redis.call('HGET', unique, key)
if entry then
redis.call('HDEL', owned, entry:sub(1, 5))
redis.call('HDEL', unique, key)
end
end
return 1`,
  },
  requestCancel: {
    keys: ['active', 'cancelled', 'commands', 'control_bell', 'counts', 'failed', 'held', 'ids', 'later', 'meta', 'pages', 'ready', 'shelf', 'states', 'succeeded'],
    code: `local active, cancelled, commands, control_bell, counts, failed, held, ids, later, meta, pages, ready, shelf, states, succeeded = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function leave_command(worker, text)
redis.call('HSET', commands, worker, (redis.call('HGET', commands, worker) or '') .. pack('>I4', #text) .. text)
redis.call('PUBLISH', control_bell, worker)
end
local n, out = nil, {}
n, at = unpack_from('>I2', request)
for i = 1, n do
local key, command
key, command, at = unpack_from('>c16I2c0', request, at)
local job = load(find(key))
if not job then
out[i] = '\\2'
elseif job.state ~= 4 then
out[i] = '\\1'
else
leave_command(job.worker, command)
out[i] = '\\0'
end
end
return table.concat(out)`,
  },
  rescue: {
    keys: ['active', 'attempts', 'cancelled', 'counts', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'leases', 'meta', 'pages', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded'],
    code: `local active, attempts, cancelled, counts, failed, held, ids, jobs_bell, later, leases, meta, pages, ready, settled_bell, shelf, states, succeeded = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function keep_attempt(job, outcome, finished, error)
job.notes = bit.bor(job.notes, 2)
redis.call('ZADD', attempts, 0, job.field .. pack(
'>BI6BI3I6I6I2c0I4c0',
1, job.token, outcome, job.attempt, job.started, finished, #job.worker, job.worker, #error, error
))
end
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
local LEASE = '>I6I6I6I4I4'
local function lease_of(worker)
local text = redis.call('HGET', leases, worker)
if not text then return nil end
local lease = {}
lease.till, lease.length, lease.seen, lease.beats, lease.suspected = unpack_from(LEASE, text)
lease.till = math.min(lease.till, now + lease.length)
return lease
end
local function set_lease(worker, lease)
redis.call('HSET', leases, worker, pack(LEASE, lease.till, lease.length, lease.seen, lease.beats, lease.suspected))
end
local function is_live(worker)
local lease = lease_of(worker)
return lease ~= nil and lease.till > now
end
local cursor, quarantine_after, dead, n = nil, nil, {}, nil
cursor, quarantine_after, n, at = unpack_from('>I2c0I3I2', request)
for _ = 1, n do
local worker
worker, at = unpack_from('>I2c0', request, at)
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
local function rescue(job)
local error = lost_error(job)
keep_attempt(job, 5, now, error)
leave(job)
job.lost = job.lost + 1
if job.lost >= quarantine_after or job.attempt >= job.most then
job.error = error
finish(job, 6, job.lost >= quarantine_after and 5 or 1)
ring_settled()
else
job.state = 1
enter(job)
ring(job.queue)
end
return pack('>I5BI3I2c0I4', job.seq, job.state, job.attempt, #job.worker, job.worker, #job.body) .. job.body
end
local out = {}
if next(dead) then
local found
cursor, found = unpack(redis.call('HSCAN', active, cursor, 'COUNT', 200))
for i = 1, #found, 2 do
local job = load((unpack_from('>I5', found[i])))
if job and job.state == 4 and dead[job.worker] then out[#out + 1] = rescue(job) end
end
else
cursor = '0'
end
write_all()
return pack('>I2c0', #cursor, cursor) .. table.concat(out)`,
  },
  restore: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: `local active, attempts, cancelled, checkpoints, counts, failed, held, ids, jobs_bell, later, logs, meta, owned, pages, pieces, progress, ready, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local changes = {}
local function count(queue, state, n)
local by_state = changes[queue]
if not by_state then
by_state = {}
changes[queue] = by_state
end
by_state[state] = (by_state[state] or 0) + n
end
local function add_count(name, n)
if n ~= 0 and redis.call('HINCRBY', counts, name, n) == 0 then redis.call('HDEL', counts, name) end
end
writers[#writers + 1] = function()
for queue, by_state in pairs(changes) do
for state, n in pairs(by_state) do add_count(state .. queue, n) end
end
end
local opened, turned, added = {}, {}, {}
local additions = {}
local next_seq, tail_text, tail_bytes
local function unfold(text)
local page, from = {}, 1
while text and from <= #text do
local slot, body
slot, body, from = unpack_from('>BI4c0', text, from)
page[slot] = body
end
return page
end
local function frame(slot, body) return pack('>BI4', slot, #body) .. body end
local function fold(page)
local frames = {}
for slot = 0, 32 - 1 do
if page[slot] then frames[#frames + 1] = frame(slot, page[slot]) end
end
return table.concat(frames)
end
local function page_of(seq) return (seq - seq % 32) / 32 end
local function open_pages(seqs)
local numbers, seen = {}, {}
for i = 1, #seqs do
local number = page_of(seqs[i])
if not opened[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(pages, numbers)
for i = 1, #numbers do opened[numbers[i]] = unfold(texts[i]) end
end
local function open_page(number)
local page = opened[number]
if not page then
page = unfold(redis.call('HGET', pages, number))
opened[number] = page
end
return page
end
local function body_of(seq)
return added[seq] or open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function add_body(body)
if not next_seq then
next_seq = tonumber(redis.call('HGET', meta, 'seq') or 32)
tail_text = next_seq % 32 > 0 and redis.call('HGET', pages, page_of(next_seq)) or ''
tail_bytes = #tail_text
end
if next_seq % 32 == 0 then
tail_bytes = 0
elseif tail_bytes > 4096 then
next_seq = next_seq + 32 - next_seq % 32
tail_bytes = 0
end
local seq = next_seq
next_seq = seq + 1
tail_bytes = tail_bytes + #body
added[seq] = body
additions[#additions + 1] = seq
return seq
end
local function write_added(sets, shelved)
local first, i = page_of(additions[1]), 1
while i <= #additions do
local number = page_of(additions[i])
local begun = number == first and tail_text or ''
local frames = { begun }
if turned[number] then frames = { fold(opened[number]) } end
turned[number] = nil
while i <= #additions and page_of(additions[i]) == number do
local seq = additions[i]
frames[#frames + 1] = frame(seq % 32, added[seq])
i = i + 1
end
sets[#sets + 1] = number
sets[#sets + 1] = table.concat(frames)
if begun == '' then
shelved[#shelved + 1] = number
shelved[#shelved + 1] = number
end
end
end
writers[#writers + 1] = function()
local sets, shelved, gone = {}, {}, {}
if #additions > 0 then write_added(sets, shelved) end
for number in pairs(turned) do
local text = fold(opened[number])
if text == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = text
end
end
send('HSET', pages, sets)
send('ZADD', shelf, shelved)
send('HDEL', pages, gone)
send('ZREM', shelf, gone)
if next_seq then redis.call('HSET', meta, 'seq', next_seq) end
end
local level, split, entries
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % 2 ^ level
if number < split then number = hash % 2 ^ (level + 1) end
return number
end
local function open_bucket(number)
local text = buckets[number]
if not text then
text = redis.call('HGET', ids, number) or ''
buckets[number] = text
end
return text
end
local function set_bucket(number, text)
buckets[number] = text
spilled[number] = true
end
local function open_buckets(keys)
open_index()
local numbers, seen = {}, {}
for i = 1, #keys do
local number = bucket_of(keys[i])
if not buckets[number] and not seen[number] then
seen[number] = true
numbers[#numbers + 1] = number
end
end
local texts = fetch(ids, numbers)
for i = 1, #numbers do buckets[numbers[i]] = texts[i] or '' end
end
local function find(key)
open_index()
local text, piece, from = open_bucket(bucket_of(key)), key:sub(13), 1
while true do
local place = text:find(piece, from, true)
if not place then return nil end
if place % 9 == 1 then
local seq = unpack_from('>I5', text, place + 4)
local body = body_of(seq)
if body and body:sub(2, 17) == key then return seq end
end
from = place + 1
end
end
local function remember(key, seq)
open_index()
local number = bucket_of(key)
set_bucket(number, open_bucket(number) .. key:sub(13) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local number = bucket_of(key)
local text, entry, from = open_bucket(number), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(number, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(split)
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % 2 ^ (level + 1) == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(split, table.concat(low))
set_bucket(split + 2 ^ level, table.concat(high))
split = split + 1
if split == 2 ^ level then level, split = level + 1, 0 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (2 ^ level + split) do split_bucket() end
local sets, gone = {}, {}
for number in pairs(spilled) do
if buckets[number] == '' then
gone[#gone + 1] = number
else
sets[#sets + 1] = number
sets[#sets + 1] = buckets[number]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end
local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end
local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
local function read_body(body)
local flags, key, rank, created, from = unpack_from('>Bc16BI6', body)
local due, expires = created, nil
if bits(flags, 1) > 0 then due, from = unpack_from('>I6', body, from) end
if bits(flags, 2) > 0 then expires, from = unpack_from('>I6', body, from) end
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
local most, queue, task_at = unpack_from('>I3I2c0', body, from)
return flags, key, rank, created, due, expires, most, queue, task_at, from
end
local function name_in(flags, body)
if bits(flags, 32) == 0 then return '' end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
return body:sub(from, from + 1 + unpack_from('>I2', body, from))
end
local function first_due(flags, body) return bits(flags, 1) > 0 and (unpack_from('>I6', body, 25)) or nil end
local function write_body(flags, key, rank, created, due, expires, name, rest)
return pack('>Bc16BI6', flags, key, rank, created)
.. (bits(flags, 1) > 0 and pack('>I6', due) or '')
.. (bits(flags, 2) > 0 and pack('>I6', expires) or '')
.. name
.. rest
end
local function read_record(text)
local state, notes, token, attempt, lost, due, started, finished, reason, worker, error, from =
unpack_from('>BBI6I3I2I6I6I6BI2c0I4c0', text)
return {
state = state, notes = notes, token = token, attempt = attempt, lost = lost, due = due, started = started,
finished = finished, reason = reason, worker = worker, error = error, result = text:sub(from),
seq = 0, field = '', body = '', flags = 0, key = '', rank = 0, created = 0, expires = false, most = 0, queue = '',
task_at = 0, rest_at = 0, has_record = true,
}
end
local function write_record(job)
return pack(
'>BBI6I3I2I6I6I6BI2c0I4c0',
job.state, job.notes, job.token, math.max(0, math.min(job.attempt, (2 ^ 24 - 1))), job.lost, job.due,
job.started, job.finished, job.reason, #job.worker, job.worker, #job.error, job.error
) .. job.result
end
local function first_state(created, due) return due > created and 0 or 1 end
local function first_record(created, due)
return pack('>BBI6I3I2I6I6I6BI2I4', first_state(created, due), 0, 0, 0, 0, due, 0, 0, 0, 0, 0)
end
local read_ahead = {}
local function open_records(seqs)
local fields = {}
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local found = fetch(states, fields)
for i = 1, #fields do read_ahead[fields[i]] = found[i] end
end
local function load(seq)
local body = seq and body_of(seq)
if not body then return nil end
local number = field(seq)
local text = read_ahead[number]
if not text then text = redis.call('HGET', active, number) or redis.call('HGET', states, number) end
local flags, key, rank, created, due, expires, most, queue, task_at, rest_at = read_body(body)
local job = read_record(text or first_record(created, due))
job.seq, job.field, job.body, job.has_record = seq, number, body, text and true
job.flags, job.key, job.rank, job.created, job.expires, job.most = flags, key, rank, created, expires, most
job.queue, job.task_at, job.rest_at = queue, task_at, rest_at
return job
end
local function is_waiting(job) return job.state <= 2 end
local function is_expired(job) return job.state <= 2 and job.expires and job.expires <= now end
local function leave(job)
read_ahead[job.field] = nil
count(job.queue, job.state, -1)
if job.state == 1 then
redis.call('ZREM', ready, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZREM', later, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 4 then
redis.call('HDEL', active, job.field)
if redis.call('HINCRBY', held, job.worker, -1) <= 0 then redis.call('HDEL', held, job.worker) end
elseif FINISHED[job.state] then
redis.call('ZREM', FINISHED[job.state], job.field)
end
end
local function enter(job)
count(job.queue, job.state, 1)
redis.call('HSET', states, job.field, write_record(job))
if job.state == 1 then
redis.call('ZADD', ready, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif job.state == 0 or job.state == 2 then
redis.call('ZADD', later, 0, place_of(job.queue, job.rank, job.due, job.seq))
elseif FINISHED[job.state] then
redis.call('ZADD', FINISHED[job.state], job.finished, job.field)
end
end
local function finish(job, state, reason)
job.state, job.reason, job.finished = state, reason, now
enter(job)
end
local function mask(state) return 2 ^ state end
local function holder(key)
local entry = redis.call('HGET', unique, key)
if not entry then return nil end
local seq, till, held_in = unpack_from('>I5I6B', entry)
local job = load(seq)
if not job then return nil end
if till > now then return job end
local state = is_expired(job) and 7 or job.state
return bits(held_in, mask(state)) > 0 and job or nil
end
local function take_key(key, seq, till, held_in)
local before = redis.call('HGET', unique, key)
if before then redis.call('HDEL', owned, before:sub(1, 5)) end
redis.call('HSET', unique, key, pack('>I5I6B', seq, till, held_in))
redis.call('HSET', owned, field(seq), key)
end
local function tags_of(job)
if bits(job.flags, 8) == 0 then return {} end
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
local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end
local function read_list(count_format, each)
local n
n, at = unpack_from(count_format, request, at)
local list = {}
for i = 1, n do list[i], at = unpack_from(each, request, at) end
return list
end
local function read_job()
local job = {}
job.key, job.rank, job.flags, job.created, job.due, job.expires, job.rest, job.record, at =
unpack_from('>c16BBI6I6I6I4c0I4c0', request, at)
job.name = ''
if bits(job.flags, 32) > 0 then
local id
id, at = unpack_from('>I2c0', request, at)
job.name = pack('>I2', #id) .. id
end
if bits(job.flags, 8) > 0 then job.tags = read_list('>I2', '>I2c0') end
if bits(job.flags, 16) > 0 then job.unique, job.till, job.held_in, at = unpack_from('>I2c0I6B', request, at) end
job.progress, at = unpack_from('>I4c0', request, at)
job.attempts, job.logs, job.pieces = read_list('>I2', '>I4c0'), read_list('>I4', '>I4c0'), {}
local n
n, at = unpack_from('>I2', request, at)
for i = 1, n do
local name, value
name, value, at = unpack_from('>I2c0I4c0', request, at)
job.pieces[i] = { name = name, value = value }
end
return job
end
local function revive(job)
if job.state == 4 then
job.state, job.attempt = 1, math.max(0, job.attempt - 1)
elseif job.state == 3 then
if job.due <= now then
job.state = 1
else
job.state = job.attempt > 0 and job.error ~= '' and 2 or 0
end
end
end
local function keep(job, given)
for i = 1, #given.attempts do
redis.call('ZADD', attempts, 0, job.field .. pack('>BI6', 0, i) .. given.attempts[i])
end
for i = 1, #given.logs do redis.call('ZADD', logs, 0, job.field .. pack('>BI6', 0, i) .. given.logs[i]) end
for _, piece in ipairs(given.pieces) do
redis.call('HSET', checkpoints, job.field .. piece.name, piece.value)
redis.call('ZADD', pieces, 0, job.field .. piece.name)
end
if given.progress ~= '' then redis.call('HSET', progress, job.field, pack('>I6', 0) .. given.progress) end
tag_with(given.tags or {}, job.field)
job.notes = job.notes + (#given.attempts > 0 and 2 or 0) + (#given.logs > 0 and 4 or 0)
+ (#given.pieces > 0 and 8 or 0) + (given.progress ~= '' and 16 or 0)
end
local function restore(given)
if find(given.key) then return end
local due = given.due ~= given.created and given.due or nil
local flags = given.flags + (due and 1 or 0) + (given.expires > 0 and 2 or 0)
local body = write_body(flags, given.key, given.rank, given.created, due, given.expires, given.name, given.rest)
local seq = add_body(body)
remember(given.key, seq)
local job = read_record(given.record)
job.seq, job.field, job.rank = seq, field(seq), given.rank
local _, queue = unpack_from('>I3I2c0', given.rest)
job.queue = queue
revive(job)
keep(job, given)
if given.unique and not holder(given.unique) then take_key(given.unique, seq, given.till, given.held_in) end
enter(job)
ring(queue)
end
local n
n, at = unpack_from('>I2', request)
for _ = 1, n do restore(read_job()) end
write_all()
return 1`,
  },
  retire: {
    keys: ['commands', 'leases', 'meta', 'replies', 'workers'],
    code: `local commands, leases, meta, replies, workers = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local worker = unpack_from('>I2c0', request)
for _, key in ipairs({ workers, leases, replies, commands }) do redis.call('HDEL', key, worker) end
return 1`,
  },
  sendCommand: {
    keys: ['commands', 'control_bell'],
    code: `local commands, control_bell = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
local function leave_command(worker, text)
redis.call('HSET', commands, worker, (redis.call('HGET', commands, worker) or '') .. pack('>I4', #text) .. text)
redis.call('PUBLISH', control_bell, worker)
end
local worker, command = unpack_from('>I2c0I4c0', request)
leave_command(worker, command)
return 1`,
  },
  suspect: {
    keys: ['commands', 'held', 'leases', 'meta', 'replies', 'workers'],
    code: `local commands, held, leases, meta, replies, workers = unpack(KEYS)
local now = tonumber(ARGV[1])
if now == 0 then
local time = redis.call('TIME')
now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local request, at = ARGV[2], 1
local pack, unpack_from = struct.pack, struct.unpack
local bits = bit.band
local function send(command, key, list)
for from = 1, #list, 4000 do
redis.call(command, key, unpack(list, from, math.min(from + 4000 - 1, #list)))
end
end
local function fetch(key, fields)
if #fields <= 4000 then
if #fields == 0 then return {} end
return redis.call('HMGET', key, unpack(fields))
end
local values = {}
for from = 1, #fields, 4000 do
local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 4000 - 1, #fields)))
for i = 1, #some do values[#values + 1] = some[i] end
end
return values
end
local function field(seq) return pack('>I5', seq) end
local writers = {}
local function write_all()
for i = 1, #writers do writers[i]() end
end
redis.call('HDEL', meta, '')
local LEASE = '>I6I6I6I4I4'
local function lease_of(worker)
local text = redis.call('HGET', leases, worker)
if not text then return nil end
local lease = {}
lease.till, lease.length, lease.seen, lease.beats, lease.suspected = unpack_from(LEASE, text)
lease.till = math.min(lease.till, now + lease.length)
return lease
end
local function set_lease(worker, lease)
redis.call('HSET', leases, worker, pack(LEASE, lease.till, lease.length, lease.seen, lease.beats, lease.suspected))
end
local function is_live(worker)
local lease = lease_of(worker)
return lease ~= nil and lease.till > now
end
local REMEMBER_DEAD_MS = 24 * 60 * 60 * 1000
local out, registered, holding = {}, {}, {}
local holders = redis.call('HGETALL', held)
for i = 1, #holders, 2 do
if tonumber(holders[i + 1]) > 0 then holding[holders[i]] = true end
end
local function dead(worker) out[#out + 1] = pack('>I2c0', #worker, worker) end
for _, worker in ipairs(redis.call('HKEYS', leases)) do
registered[worker] = true
local lease = lease_of(worker)
if lease.till <= now then
if lease.suspected ~= lease.beats then
lease.suspected = lease.beats
elseif holding[worker] then
dead(worker)
elseif lease.till <= now - REMEMBER_DEAD_MS then
for _, key in ipairs({ workers, leases, replies }) do redis.call('HDEL', key, worker) end
registered[worker], lease = nil, nil
end
end
if lease then set_lease(worker, lease) end
end
for worker in pairs(holding) do
if not registered[worker] then dead(worker) end
end
for _, worker in ipairs(redis.call('HKEYS', commands)) do
if not registered[worker] then redis.call('HDEL', commands, worker) end
end
return table.concat(out)`,
  },
} as const)
