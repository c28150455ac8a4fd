/** Generated from scripts/*.lua by `npm run lua`: edit those files instead. */
const lib = {
  attempts: `local function keep_attempt(job, outcome, finished, error)
job.notes = bit.bor(job.notes, 2)
redis.call('ZADD', attempts, 0, job.field .. pack(
'>BI6BI3I6I6I2c0I4c0',
1, job.token, outcome, job.attempt, job.started, finished, #job.worker, job.worker, #error, error
))
end`,
  base: `local now = tonumber(ARGV[1])
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
end`,
  bells: `local rung, any_settled = {}, false
local function ring(queue) rung[queue] = true end
local function ring_settled() any_settled = true end
writers[#writers + 1] = function()
local names = {}
for queue in pairs(rung) do names[#names + 1] = pack('>I2c0', #queue, queue) end
if #names > 0 then redis.call('PUBLISH', jobs_bell, table.concat(names)) end
if any_settled then redis.call('PUBLISH', settled_bell, '') end
end`,
  claim: `local claims, looked_at, next_due, more = {}, 0, nil, false
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
claims[#claims + 1] = { number, body, record, false, false, false }
count(queue, record:byte(1), -1)
else
local has_due = bits(flags, 1) > 0
claims[#claims + 1] = { number, body, false, has_due and body:sub(25, 30) or body:sub(19, 24), false, false }
count(queue, has_due and first_state(unpack_from('>I6I6', body, 19)) or 1, -1)
end
count(queue, 4, 1)
return true
end
local function claim_line(queue, line, seqs)
line_drop(line, #seqs)
open_pages(seqs)
local fields, taken, plain, n = {}, 0, 0, #claims
for i = 1, #seqs do fields[i] = field(seqs[i]) end
local running, changed = fetch(active, fields), fetch(states, fields)
for i = 1, #seqs do
local body = body_of(seqs[i])
if body and not running[i] and not changed[i] then
if bits(body:byte(1), 1 + 2) == 0 then
n, plain = n + 1, plain + 1
claims[n] = { fields[i], body, false, body:sub(19, 24), false, false }
elseif claim_one(queue, seqs[i], fields[i], body, false) then
n, taken = n + 1, taken + 1
end
end
end
if plain > 0 then
count(queue, 1, -plain)
count(queue, 4, plain)
end
return taken + plain
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
local function is_careful(attempt, most, losses) return attempt >= most or losses > 0 end
local function lease_all(worker)
if #claims == 0 then return end
local token = redis.call('HINCRBY', meta, 'token', #claims) - #claims
local records, emptied, n = {}, {}, 0
local first, after_due = '\\0\\0\\1\\0\\0', pack('>I6', now) .. '\\0\\0\\0\\0\\0\\0' .. '\\0' .. pack('>I2c0', #worker, worker) .. '\\0\\0\\0\\0'
for i = 1, #claims do
local claim = claims[i]
local own_token = pack('>I6', token + i)
claim[5] = own_token
n = n + 2
records[n - 1] = claim[1]
if claim[3] then
emptied[#emptied + 1] = claim[1]
local job = read_record(claim[3])
job.state, job.token, job.attempt, job.started, job.finished = 4, token + i, job.attempt + 1, now, 0
job.worker, job.reason, job.result, job.notes = worker, 0, '', job.notes - bits(job.notes, 1)
local careful = is_careful(job.attempt, most_in(claim[2]:byte(1), claim[2]), job.lost)
if careful then job.notes = job.notes + 32 end
claim[4], claim[6] = pack('>I6', job.due), pack('>I3B', job.attempt, careful and 0 or 1)
records[n] = write_record(job)
else
local careful = is_careful(1, most_in(claim[2]:byte(1), claim[2]), 0)
claim[6] = careful and '\\0\\0\\1\\0' or '\\0\\0\\1\\1'
records[n] = (careful and '\\4\\32' or '\\4\\0') .. own_token .. first .. claim[4] .. after_due
end
end
send('HDEL', states, emptied)
send('HSET', active, records)
redis.call('HINCRBY', held, worker, #claims)
end`,
  commands: `local function leave_command(worker, text)
redis.call('HSET', commands, worker, (redis.call('HGET', commands, worker) or '') .. pack('>I4', #text) .. text)
redis.call('PUBLISH', control_bell, worker)
end`,
  counts: `local changes, ended = {}, {}
local function count(queue, state, n)
if n > 0 and state >= 5 then
local name = state .. queue
ended[name] = (ended[name] or 0) + n
end
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
for name, n in pairs(ended) do redis.call('HINCRBY', ends, name, n) end
end`,
  drains: `redis.call('HDEL', meta, '')`,
  ids: `local level, split, entries
local low_size, high_size
local buckets, spilled = {}, {}
local function open_index()
if level then return end
local found = redis.call('HMGET', meta, 'level', 'split', 'entries')
level, split, entries = tonumber(found[1] or 4), tonumber(found[2] or 0), tonumber(found[3] or 0)
low_size, high_size = 2 ^ level, 2 ^ (level + 1)
end
local function bucket_name(number) return pack('>I4', number) end
local function bucket_of(key)
local hash = unpack_from('>I4', key, 13)
local number = hash % low_size
if number < split then number = hash % high_size end
return bucket_name(number)
end
local function open_bucket(name)
local text = buckets[name]
if not text then
text = redis.call('HGET', ids, name) or ''
buckets[name] = text
end
return text
end
local function set_bucket(name, text)
buckets[name] = text
spilled[name] = true
end
local function open_buckets(keys)
open_index()
local names, all, n = {}, {}, 0
for i = 1, #keys do
local name = bucket_of(keys[i])
all[i] = name
if buckets[name] == nil then
buckets[name] = false
n = n + 1
names[n] = name
end
end
local texts = fetch(ids, names)
for i = 1, n do buckets[names[i]] = texts[i] or '' end
return all
end
local function find(key, name, piece)
open_index()
local text, from = open_bucket(name or bucket_of(key)), 1
piece = piece or key:sub(13)
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
local function remember(key, seq, name, piece)
open_index()
name = name or bucket_of(key)
set_bucket(name, open_bucket(name) .. (piece or key:sub(13)) .. field(seq))
entries = entries + 1
end
local function forget(key, seq)
open_index()
local name = bucket_of(key)
local text, entry, from = open_bucket(name), key:sub(13) .. field(seq), 1
while true do
local place = text:find(entry, from, true)
if not place then return end
if place % 9 == 1 then
set_bucket(name, text:sub(1, place - 1) .. text:sub(place + 9))
entries = entries - 1
return
end
from = place + 1
end
end
local function split_bucket()
local low, high, text = {}, {}, open_bucket(bucket_name(split))
for place = 1, #text, 9 do
local side = unpack_from('>I4', text, place) % high_size == split and low or high
side[#side + 1] = text:sub(place, place + 9 - 1)
end
set_bucket(bucket_name(split), table.concat(low))
set_bucket(bucket_name(split + low_size), table.concat(high))
split = split + 1
if split == low_size then level, split, low_size, high_size = level + 1, 0, high_size, high_size * 2 end
end
writers[#writers + 1] = function()
if not next(spilled) then return end
while entries > 24 * (low_size + split) do split_bucket() end
local sets, gone = {}, {}
for name in pairs(spilled) do
if buckets[name] == '' then
gone[#gone + 1] = name
else
sets[#sets + 1] = name
sets[#sets + 1] = buckets[name]
end
end
send('HSET', ids, sets)
send('HDEL', ids, gone)
redis.call('HSET', meta, 'level', level, 'split', split, 'entries', entries)
end`,
  jobs: `local FINISHED = { [5] = succeeded, [6] = failed, [7] = cancelled }
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
local function most_in(flags, body)
if bits(flags, 1 + 2 + 32) == 0 then return (unpack_from('>I3', body, 25)) end
local from = 25 + (bits(flags, 1) > 0 and 6 or 0) + (bits(flags, 2) > 0 and 6 or 0)
if bits(flags, 32) > 0 then from = from + 2 + unpack_from('>I2', body, from) end
return (unpack_from('>I3', body, from))
end
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
local function without_unbegun(notes) return notes - bits(notes, 32) end
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
job.notes = without_unbegun(job.notes)
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
end`,
  kept: `local function sized(text) return pack('>I4', #text) .. text end
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
end`,
  lines: `local known, moved, chunks, rewritten = {}, {}, {}, {}
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
end`,
  numbers: `local function is_new(worker, sender, number)
local text = redis.call('HGET', numbers, worker)
if not text then return true end
local by, latest = unpack_from('>c8I6', text)
return by ~= sender or number > latest
end
local function remember_number(worker, sender, number) redis.call('HSET', numbers, worker, pack('>c8I6', sender, number)) end
local function not_new() return redis.error_reply('MILLRACE exchange out of order') end`,
  pages: `local opened, turned, added = {}, {}, {}
local heads, rests = {}, {}
local NOW = pack('>I6', now)
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
if added[seq] then return added[seq] end
if heads[seq] then return heads[seq] .. NOW .. rests[seq] end
return open_page(page_of(seq))[seq % 32]
end
local function set_body(seq, body)
if added[seq] or heads[seq] then
added[seq] = body
return
end
local number = page_of(seq)
open_page(number)[seq % 32] = body
turned[number] = true
end
local function next_number(bytes)
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
tail_bytes = tail_bytes + bytes
additions[#additions + 1] = seq
return seq
end
local function add_body(body)
local seq = next_number(#body)
added[seq] = body
return seq
end
local function add_plain(head, rest)
local seq = next_number(#head + 6 + #rest)
heads[seq], rests[seq] = head, rest
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
local seq, n = additions[i], #frames
if added[seq] then
frames[n + 1] = frame(seq % 32, added[seq])
else
local head, rest = heads[seq], rests[seq]
frames[n + 1], frames[n + 2] = pack('>BI4', seq % 32, #head + 6 + #rest), head
frames[n + 3], frames[n + 4] = NOW, rest
end
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
end`,
  places: `local function place_of(queue, rank, due, seq)
return pack('>I2c0BI6I5', #queue, queue, rank, due, seq)
end
local function queue_prefix(queue) return pack('>I2c0', #queue, queue) end`,
  remove: `local function disown(job)
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
end`,
  schedules: `local function stand_at(times, name, time)
if time then redis.call('ZADD', times, time, name) else redis.call('ZREM', times, name) end
end
local function firings_of(name) return schedules .. ':firings:' .. name end
local function note_firing(name, holder, text)
local number = redis.call('HINCRBY', meta, 'firing', 1)
redis.call('LPUSH', firings_of(name), pack('>I6I6I4', number, now, #holder) .. holder .. text)
end
local function trim_firings(name) redis.call('LTRIM', firings_of(name), 0, 1000 - 1) end
local function row_of(name)
local stored = redis.call('HGET', schedules, name) or ''
return pack('>I4', #stored) .. stored
end`,
  settle: `local queues = {}
local lost, settled_fields, settled_records, finished = {}, {}, {}, {}
local freed, successes = {}, {}
local ENDED_NOW, SCORE, NO_ERROR = NOW .. '\\0', string.format('%d', now), '\\0\\0\\0\\0'
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
job.field, job.seq, job.notes = number, (unpack_from('>I5', number)), without_unbegun(job.notes)
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
job.attempt = job.attempt - 1
wait_again(job, 0, now + delay)
else
job.attempt = job.attempt - 1
wait_again(job, 1, job.due)
end
end
local function succeed(number, record, start, worker_ends)
local index, _, with_result, _, text = unpack_from('>I2BBc7I4c0', request, start + 27)
local n = #finished
settled_records[n + 1] = number
settled_records[n + 2] = string.char(5, bits(record:byte(2), 30) + with_result)
.. record:sub(3, 25) .. ENDED_NOW .. record:sub(33, worker_ends) .. NO_ERROR .. text
finished[n + 1] = SCORE
finished[n + 2] = number
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
local function begin(number, record)
local notes = record:byte(2)
if bits(notes, 32) == 0 then return end
redis.call('HSET', active, number, record:sub(1, 1) .. string.char(notes - 32) .. record:sub(3))
end
local function settle_all(worker)
local starts, fields = find_settlements()
local records, done = fetch(active, fields), {}
local own, own_ends, own_freed = pack('>I2c0', #worker, worker), 34 + #worker, 0
for i = 1, #starts do
local number, record, start = fields[i], records[i], starts[i]
if record and not done[number] and record:sub(3, 8) == request:sub(start + 21, start + 26) then
local kind = request:byte(start + 29)
if kind == 6 then
begin(number, record)
else
done[number] = true
settled_fields[#settled_fields + 1] = number
local worker_ends = own_ends
if record:sub(33, own_ends) == own then
own_freed = own_freed + 1
else
worker_ends = 34 + unpack_from('>I2', record, 33)
local holder_of = record:sub(35, worker_ends)
freed[holder_of] = (freed[holder_of] or 0) + 1
end
if kind == 0 then
succeed(number, record, start, worker_ends)
else
settle(number, record, start)
end
end
else
lost[#lost + 1] = i
end
end
if own_freed > 0 then freed[worker] = own_freed end
write_settled()
end`,
  store: `local STORED, DUPLICATE = pack('>BI4', 0, 0), pack('>BI4', 1, 0)
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
local function read_job(from)
local _, flags, key, rank, due_mode, due, expiry_mode, expires, rest
_, flags, key, rank, due_mode, due, expiry_mode, expires, rest, at =
unpack_from('>I2Bc16BBI6BI6I4c0', request, from)
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
seqs = { queue = queue, rank = rank, plain = 0 }
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
local function store_plain(line, head, rest, key, name)
local piece = key:sub(13)
if find(key, name, piece) then return DUPLICATE end
local seq = add_plain(head, rest)
remember(key, seq, name, piece)
line[#line + 1] = seq
line.plain = line.plain + 1
return STORED
end
local function store_request()
local groups = {}
local n
n, at = unpack_from('>I2', request, at)
for i = 1, n do
local queue, rank
queue, rank, at = unpack_from('>I2c0B', request, at)
groups[i] = line_for(queue, rank)
end
local starts, keys, out = {}, {}, {}
n, at = unpack_from('>I2', request, at)
for i = 1, n do
starts[i], keys[i] = at, request:sub(at + 8, at + 23)
at = at + 5 + unpack_from('>I4', request, at + 1)
end
local names = open_buckets(keys)
local in_order = now >= latest
for i = 1, n do
local start = starts[i]
if in_order and request:byte(start) == 1 then
local group, head, rest = unpack_from('>I2c18xxxxxxxxxxxxxxI4c0', request, start + 5)
out[i] = store_plain(groups[group], head, rest, keys[i], names[i])
else
local outcome, body = store(read_job(start + 5))
out[i] = outcome == 0 and STORED or pack('>BI4', outcome, #body) .. body
end
end
write_places()
for _, seqs in ipairs(groups) do
if seqs.plain > 0 then
count(seqs.queue, 1, seqs.plain)
ring(seqs.queue)
end
if #seqs > 0 then
line_up(seqs.queue, seqs.rank, seqs)
lined_up = true
end
end
if lined_up then redis.call('HSET', meta, 'latest', now) end
return table.concat(out)
end`,
  tags: `local function tags_of(job)
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
end`,
  unique: `local function mask(state) return 2 ^ state end
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
end`,
  workers: `local LEASE = '>I6I6I6I4I4'
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
end`,
}

export const scripts = Object.freeze({
  change: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: ['local active, attempts, cancelled, checkpoints, counts, ends, failed, held, ids, jobs_bell, later, logs, meta, owned, pages, pieces, progress, ready, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)', lib.base, lib.drains, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.attempts, lib.tags, lib.remove, lib.bells, `local changing = {
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
return table.concat(out)`].join('\n'),
  },
  checkpoint: {
    keys: ['active', 'cancelled', 'checkpoints', 'counts', 'ends', 'failed', 'held', 'ids', 'later', 'meta', 'pages', 'pieces', 'ready', 'shelf', 'states', 'succeeded'],
    code: ['local active, cancelled, checkpoints, counts, ends, failed, held, ids, later, meta, pages, pieces, ready, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, `local STARTED = 's'
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
return '\\0'`].join('\n'),
  },
  dueSchedules: {
    keys: ['meta', 'schedule_names', 'schedules', 'schedules_bell', 'schedules_held', 'schedules_next'],
    code: ['local meta, schedule_names, schedules, schedules_bell, schedules_held, schedules_next = unpack(KEYS)', lib.base, lib.schedules, `local limit = unpack_from('>I4', request)
local function rows(names)
local out = { pack('>I4', #names) }
for i = 1, #names do out[i + 1] = row_of(names[i]) end
return table.concat(out)
end
local due = redis.call('ZRANGEBYSCORE', schedules_next, '-inf', now, 'LIMIT', 0, limit)
local held = redis.call('ZRANGE', schedules_held, 0, limit - 1)
local coming = redis.call('ZRANGEBYSCORE', schedules_next, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return pack('>I6I6', now, tonumber(coming[2] or 0)) .. rows(due) .. rows(held)`].join('\n'),
  },
  enqueue: {
    keys: ['active', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'lines', 'meta', 'owned', 'pages', 'ready', 'runs', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: ['local active, cancelled, counts, ends, failed, held, ids, jobs_bell, later, lines, meta, owned, pages, ready, runs, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.lines, lib.unique, lib.tags, lib.bells, lib.store, `local answer = store_request()
write_all()
return answer`].join('\n'),
  },
  exchange: {
    keys: ['active', 'attempts', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'leases', 'lines', 'meta', 'numbers', 'pages', 'paused', 'ready', 'runs', 'settled_bell', 'shelf', 'states', 'succeeded'],
    code: ['local active, attempts, cancelled, counts, ends, failed, held, ids, jobs_bell, later, leases, lines, meta, numbers, pages, paused, ready, runs, settled_bell, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.drains, lib.numbers, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.attempts, lib.bells, lib.settle, lib.lines, lib.claim, lib.workers, `local worker, sender, number
worker, sender, number, at = unpack_from('>I2c0c8I6', request, at)
do
local n
n, at = unpack_from('>I2', request, at)
for i = 1, n do queues[i], at = unpack_from('>I2c0', request, at) end
end
if not is_new(worker, sender, number) then return not_new() end
settle_all(worker)
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
if #claims > 0 then remember_number(worker, sender, number) end
write_all()
local out = { pack('>BBI6I2', live and 0 or 1, more and 1 or 0, next_due and next_due - now + 1 or 0, #lost) }
for i = 1, #lost do out[#out + 1] = pack('>I2', lost[i]) end
out[#out + 1] = pack('>I2', #claims)
for i = 1, #claims do
local claim, n = claims[i], #out
local body = claim[2]
out[n + 1], out[n + 2], out[n + 3], out[n + 4] = claim[1], claim[5], claim[6], claim[4]
out[n + 5], out[n + 6] = pack('>I4', #body), body
end
return table.concat(out)`].join('\n'),
  },
  forget: {
    keys: ['active', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'meta', 'numbers', 'pages', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded'],
    code: ['local active, cancelled, counts, ends, failed, held, ids, jobs_bell, later, meta, numbers, pages, ready, settled_bell, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.drains, lib.numbers, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.bells, `local worker, sender, number, cursor, n
worker, sender, number, cursor, n, at = unpack_from('>I2c0c8I6I2c0I4', request)
local known_tokens = {}
for _ = 1, n do
local token
token, at = unpack_from('>c6', request, at)
known_tokens[token] = true
end
if not is_new(worker, sender, number) then return not_new() end
remember_number(worker, sender, number)
if not redis.call('HGET', held, worker) then return '0' end
local found
cursor, found = unpack(redis.call('HSCAN', active, cursor, 'COUNT', 500))
for i = 1, #found, 2 do
local record = found[i + 1]
local holder_of = unpack_from('>I2c0', record, 33)
if holder_of == worker and not known_tokens[record:sub(3, 8)] then
local job = load((unpack_from('>I5', found[i])))
leave(job)
job.state, job.attempt = 1, job.attempt - 1
enter(job)
ring(job.queue)
end
end
write_all()
return cursor`].join('\n'),
  },
  getSchedules: {
    keys: ['meta', 'schedule_names', 'schedules', 'schedules_bell', 'schedules_held', 'schedules_next'],
    code: ['local meta, schedule_names, schedules, schedules_bell, schedules_held, schedules_next = unpack(KEYS)', lib.base, lib.schedules, `local out, n = {}, nil
n, at = unpack_from('>I2', request)
for i = 1, n do
local name
name, at = unpack_from('>I2c0', request, at)
out[i] = row_of(name)
end
return table.concat(out)`].join('\n'),
  },
  get: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'ends', 'failed', 'held', 'ids', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'shelf', 'states', 'succeeded', 'unique'],
    code: ['local active, attempts, cancelled, checkpoints, counts, ends, failed, held, ids, later, logs, meta, owned, pages, pieces, progress, ready, shelf, states, succeeded, unique = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.kept, `local what, most, n, keys, out = nil, nil, nil, {}, {}
what, most, n, at = unpack_from('>BI3I2', request)
for i = 1, n do keys[i], at = unpack_from('>c16', request, at) end
open_buckets(keys)
for i = 1, n do
local job = load(find(keys[i]))
out[i] = job and '\\1' .. show(job, what, most) or '\\0'
end
return table.concat(out)`].join('\n'),
  },
  heartbeat: {
    keys: ['leases', 'meta', 'workers'],
    code: ['local leases, meta, workers = unpack(KEYS)', lib.base, lib.drains, lib.workers, `local worker, length, info = unpack_from('>I2c0I6I4c0', request)
local before = lease_of(worker)
set_lease(worker, {
till = now + length,
length = length,
seen = now,
beats = before and before.beats + 1 or 1,
suspected = 0,
})
redis.call('HSET', workers, worker, info)
return (before == nil or before.till > now) and 1 or 0`].join('\n'),
  },
  holders: {
    keys: ['active', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'later', 'meta', 'owned', 'pages', 'ready', 'shelf', 'states', 'succeeded', 'unique'],
    code: ['local active, cancelled, counts, ends, failed, held, ids, later, meta, owned, pages, ready, shelf, states, succeeded, unique = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.unique, `local n, out = nil, {}
n, at = unpack_from('>I2', request)
for i = 1, n do
local key
key, at = unpack_from('>I2c0', request, at)
local job = holder(key)
out[i] = job and pack('>I4', #job.body) .. job.body or pack('>I4', 0)
end
return table.concat(out)`].join('\n'),
  },
  listFirings: {
    keys: ['meta', 'schedule_names', 'schedules', 'schedules_bell', 'schedules_held', 'schedules_next'],
    code: ['local meta, schedule_names, schedules, schedules_bell, schedules_held, schedules_next = unpack(KEYS)', lib.base, lib.schedules, `local name, limit, before = unpack_from('>I2c0I4I6', request)
local all = redis.call('LRANGE', firings_of(name), 0, -1)
local out = {}
for i = 1, #all do
if #out == limit then break end
if before == 0 or unpack_from('>I6', all[i]) < before then out[#out + 1] = pack('>I4', #all[i]) .. all[i] end
end
return table.concat(out)`].join('\n'),
  },
  listSchedules: {
    keys: ['meta', 'schedule_names', 'schedules', 'schedules_bell', 'schedules_held', 'schedules_next'],
    code: ['local meta, schedule_names, schedules, schedules_bell, schedules_held, schedules_next = unpack(KEYS)', lib.base, lib.schedules, `local limit, after = unpack_from('>I4I2c0', request)
local from = after == '' and '-' or '(' .. after
local names = redis.call('ZRANGEBYLEX', schedule_names, from, '+', 'LIMIT', 0, limit)
local out = {}
for i = 1, #names do out[i] = row_of(names[i]) end
return table.concat(out)`].join('\n'),
  },
  listWorkers: {
    keys: ['leases', 'workers'],
    code: ['local leases, workers = unpack(KEYS)', lib.base, lib.workers, `local out = {}
for _, worker in ipairs(redis.call('HKEYS', leases)) do
local lease = lease_of(worker)
local info = lease.till > now and redis.call('HGET', workers, worker)
if info then out[#out + 1] = pack('>I6I6I4', lease.till, lease.seen, #info) .. info end
end
return table.concat(out)`].join('\n'),
  },
  list: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'ends', 'failed', 'held', 'ids', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: ['local active, attempts, cancelled, checkpoints, counts, ends, failed, held, ids, later, logs, meta, owned, pages, pieces, progress, ready, shelf, states, succeeded, tags, unique = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.kept, `local newest, from, most, state_bits, reason_bits, created_from, created_before
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
return field(whole and 0 or from) .. table.concat(out)`].join('\n'),
  },
  metrics: {
    keys: ['active', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'lines', 'meta', 'pages', 'ready', 'runs', 'settled_bell', 'shelf', 'states', 'succeeded'],
    code: ['local active, cancelled, counts, ends, failed, held, ids, jobs_bell, later, lines, meta, pages, ready, runs, settled_bell, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.lines, lib.bells, lib.claim, `local totals, names = {}, {}
for _, key in ipairs({ counts, ends }) do
local found = redis.call('HGETALL', key)
for i = 1, #found, 2 do
local queue = found[i]:sub(2)
if not totals[queue] then
totals[queue] = {}
names[#names + 1] = queue
end
if key == ends then totals[queue][tonumber(found[i]:sub(1, 1))] = tonumber(found[i + 1]) end
end
end
local function first_in(line)
local seqs = line_peek(line, 1000)
for from = 1, #seqs, 32 do
local some, fields = {}, {}
for i = from, math.min(from + 32 - 1, #seqs) do
some[#some + 1] = seqs[i]
fields[#fields + 1] = field(seqs[i])
end
open_pages(some)
local running, changed = fetch(active, fields), fetch(states, fields)
for i = 1, #some do
local body = body_of(some[i])
if body and not running[i] and not changed[i] then return (unpack_from('>I6', body, 19)) end
end
end
return nil
end
local function oldest_in(queue)
local prefix, oldest = queue_prefix(queue), nil
for _, key in ipairs({ ready, later }) do
local rank, due = seek(key, prefix, 0)
while rank do
if due <= now then oldest = sooner(oldest, due) end
rank, due = seek(key, prefix, rank + 1)
end
end
for _, line in ipairs(lines_of(queue)) do oldest = sooner(oldest, first_in(line)) end
return oldest
end
local out = {}
for i, queue in ipairs(names) do
local oldest, total = oldest_in(queue), totals[queue]
out[i] = pack('>I2c0I6I6I6I6', #queue, queue, oldest and oldest + 1 or 0, total[5] or 0, total[6] or 0, total[7] or 0)
end
return table.concat(out)`].join('\n'),
  },
  migrate: {
    keys: ['meta'],
    code: ['local meta = unpack(KEYS)', lib.base, `local version = unpack_from('>I2', request)
local found = tonumber(redis.call('HGET', meta, 'schema') or 0)
if found == 0 then redis.call('HSET', meta, 'schema', version) end
return pack('>I2', found)`].join('\n'),
  },
  note: {
    keys: ['active', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'later', 'logs', 'meta', 'pages', 'progress', 'ready', 'shelf', 'states', 'succeeded'],
    code: ['local active, cancelled, counts, ends, failed, held, ids, later, logs, meta, pages, progress, ready, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, `local function note(key, token, shown, lines)
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
return 1`].join('\n'),
  },
  pause: {
    keys: ['jobs_bell', 'paused', 'settled_bell'],
    code: ['local jobs_bell, paused, settled_bell = unpack(KEYS)', lib.base, lib.bells, `local pausing, n
pausing, n, at = unpack_from('>BI2', request)
for _ = 1, n do
local queue
queue, at = unpack_from('>I2c0', request, at)
redis.call(pausing == 1 and 'SADD' or 'SREM', paused, queue)
if pausing == 0 then ring(queue) end
end
write_all()
return 1`].join('\n'),
  },
  prune: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: ['local active, attempts, cancelled, checkpoints, counts, ends, failed, held, ids, jobs_bell, later, logs, meta, owned, pages, pieces, progress, ready, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)', lib.base, lib.drains, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.tags, lib.remove, lib.bells, `local state, by_age, age, by_number, keep, most = unpack_from('>BBI6BI6I2', request)
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
return pack('>I2', #jobs)`].join('\n'),
  },
  receiveCommands: {
    keys: ['commands'],
    code: ['local commands = unpack(KEYS)', lib.base, `local worker = unpack_from('>I2c0', request)
local waiting = redis.call('HGET', commands, worker)
if waiting then redis.call('HDEL', commands, worker) end
return waiting or ''`].join('\n'),
  },
  releaseKeys: {
    keys: ['owned', 'unique'],
    code: ['local owned, unique = unpack(KEYS)', lib.base, `local n
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
return 1`].join('\n'),
  },
  removeSchedules: {
    keys: ['meta', 'schedule_names', 'schedules', 'schedules_bell', 'schedules_held', 'schedules_next'],
    code: ['local meta, schedule_names, schedules, schedules_bell, schedules_held, schedules_next = unpack(KEYS)', lib.base, lib.schedules, `local out, n, any = {}, nil, false
n, at = unpack_from('>I2', request)
for i = 1, n do
local name
name, at = unpack_from('>I2c0', request, at)
local removed = redis.call('HDEL', schedules, name)
any = any or removed == 1
redis.call('ZREM', schedule_names, name)
redis.call('ZREM', schedules_next, name)
redis.call('ZREM', schedules_held, name)
redis.call('DEL', firings_of(name))
out[i] = pack('>B', removed)
end
if any then redis.call('PUBLISH', schedules_bell, '') end
return table.concat(out)`].join('\n'),
  },
  requestCancel: {
    keys: ['active', 'cancelled', 'commands', 'control_bell', 'counts', 'ends', 'failed', 'held', 'ids', 'later', 'meta', 'pages', 'ready', 'shelf', 'states', 'succeeded'],
    code: ['local active, cancelled, commands, control_bell, counts, ends, failed, held, ids, later, meta, pages, ready, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.commands, `local n, out = nil, {}
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
return table.concat(out)`].join('\n'),
  },
  rescue: {
    keys: ['active', 'attempts', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'leases', 'meta', 'pages', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded'],
    code: ['local active, attempts, cancelled, counts, ends, failed, held, ids, jobs_bell, later, leases, meta, pages, ready, settled_bell, shelf, states, succeeded = unpack(KEYS)', lib.base, lib.drains, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.attempts, lib.bells, lib.workers, `local cursor, quarantine_after, dead, n = nil, nil, {}, nil
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
local function show(job, begun, attempt)
return pack('>BBI3I2c0I4', begun, job.state, attempt, #job.worker, job.worker, #job.body) .. job.body
end
local function give_back(job)
leave(job)
job.state, job.attempt = 1, job.attempt - 1
enter(job)
ring(job.queue)
return show(job, 0, job.attempt + 1)
end
local function rescue(job)
if bits(job.notes, 32) > 0 then return give_back(job) end
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
return show(job, 1, job.attempt)
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
return pack('>I2c0', #cursor, cursor) .. table.concat(out)`].join('\n'),
  },
  restore: {
    keys: ['active', 'attempts', 'cancelled', 'checkpoints', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'logs', 'meta', 'owned', 'pages', 'pieces', 'progress', 'ready', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: ['local active, attempts, cancelled, checkpoints, counts, ends, failed, held, ids, jobs_bell, later, logs, meta, owned, pages, pieces, progress, ready, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.unique, lib.tags, lib.bells, `local function read_list(count_format, each)
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
return 1`].join('\n'),
  },
  retire: {
    keys: ['commands', 'leases', 'meta', 'numbers', 'workers'],
    code: ['local commands, leases, meta, numbers, workers = unpack(KEYS)', lib.base, lib.drains, `local worker = unpack_from('>I2c0', request)
for _, key in ipairs({ workers, leases, numbers, commands }) do redis.call('HDEL', key, worker) end
return 1`].join('\n'),
  },
  sendCommand: {
    keys: ['commands', 'control_bell'],
    code: ['local commands, control_bell = unpack(KEYS)', lib.base, lib.commands, `local worker, command = unpack_from('>I2c0I4c0', request)
leave_command(worker, command)
return 1`].join('\n'),
  },
  suspect: {
    keys: ['commands', 'held', 'leases', 'meta', 'numbers', 'workers'],
    code: ['local commands, held, leases, meta, numbers, workers = unpack(KEYS)', lib.base, lib.drains, lib.workers, `local REMEMBER_DEAD_MS = 24 * 60 * 60 * 1000
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
for _, key in ipairs({ workers, leases, numbers }) do redis.call('HDEL', key, worker) end
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
return table.concat(out)`].join('\n'),
  },
  writeSchedule: {
    keys: ['active', 'cancelled', 'counts', 'ends', 'failed', 'held', 'ids', 'jobs_bell', 'later', 'lines', 'meta', 'owned', 'pages', 'ready', 'runs', 'schedule_names', 'schedules', 'schedules_bell', 'schedules_held', 'schedules_next', 'settled_bell', 'shelf', 'states', 'succeeded', 'tags', 'unique'],
    code: ['local active, cancelled, counts, ends, failed, held, ids, jobs_bell, later, lines, meta, owned, pages, ready, runs, schedule_names, schedules, schedules_bell, schedules_held, schedules_next, settled_bell, shelf, states, succeeded, tags, unique = unpack(KEYS)', lib.base, lib.counts, lib.pages, lib.ids, lib.places, lib.jobs, lib.lines, lib.unique, lib.tags, lib.bells, lib.store, lib.schedules, `local name, revision, is_paused, has_next, next_at, has_held, held_at, row
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
return pack('>B', 1) .. answer`].join('\n'),
  },
} as const)
