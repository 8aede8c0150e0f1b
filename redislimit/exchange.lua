-- One exchange of a member with the pool. It decides like ratelimit.MemoryPool, whose functions have the same names.
--
-- It reads all it needs, decides, and writes. So a report that is refused changes nothing, and a state that cannot be true,
-- because another program has written it or the store has evicted a part of it, is dropped as a whole.
--
-- Numbers are whole and below 2^53. Times are in microseconds.
--
-- KEYS: members and the state of the pool (field "pool"); live and idle members, and records, by when they were last seen.
-- ARGV: see encode in report.go.

local membersKey, liveKey, idleKey, recordsKey, recentKey = unpack(KEYS)
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max

local second = 1000000
local window = 60 * second
local memberSilence, memberKept = 3 * second, 2 * window
local settleTime = 12 * second / 10
local expirePerExchange = 8
local probeSlack = second / 2
local wantsTime = second / 4
local poolPause = 10 * window
local recordHeld, nextKept, recordKept = 3 * second, second, 3 * window
local stateKept = 3600 * 1000 -- milliseconds; longer than anything above, and than a window of 15 minutes

-- Fields of packed values. Those before the first number are words.
local poolFields = {
  'prober', 'clock', 'offset', 'epoch', 'limit', 'top', 'remaining', 'sawStart', 'noReset', 'began', 'earliest', 'latest',
  'settled', 'proberUntil', 'people', 'peopleBefore', 'peopleSince', 'peopleAt', 'fairBefore', 'gone', 'out', 'wants',
  'wanting', 'own', 'wantOwn', 'wantsOut',
}
local memberFields = {'name', 'seq', 'epoch', 'own', 'out', 'want', 'people', 'credit', 'seen', 'idle'}
local recordFields = {
  'holder', 'next', 'heldUntil', 'nextUntil', 'seen', 'spent', 'refusals', 'joined', 'ends', 'try', 'blocked', 'refused', 'first',
}
local words = {prober = true, name = true, holder = true, next = true}
local none = '-' -- no member

-- Fields of a report with their least and largest value.
local exact, count, year = 9007199254740991, 2147483648, 366 * 24 * 3600 * second
local reportFields = {
  'seq', 1, exact, 'epoch', 0, 1099511627776, 'limit', -1, count, 'top', 0, count, 'remaining', -1, count, 'sawStart', 0, 1,
  'noReset', 0, 1, 'age', 0, 3600 * second, 'earliest', -year, 900 * second, 'latest', -year, 900 * second, 'moved', 0, 1,
  'own', 0, count, 'inFlight', 0, count, 'lease', 0, count, 'interactive', 0, count, 'background', 0, count,
  'reserve', 0, count, 'reserveBackground', 0, count, 'probe', 0, 1, 'probing', 0, 1, 'patience', 0, 3600 * second,
  'rejoining', 0, 1, 'people', 0, count, 'peopleAgo', 0, year,
}
local stateFields = {
  'join', 0, 1, 'release', 0, 1, 'want', 0, 1, 'spent', 0, count, 'ends', 0, window, 'try', 0, window, 'blocked', 0, year,
  'refusals', 0, count, 'refused', 0, year, 'first', 0, year,
}
local mostRecords = 1024
-- An epoch that is further ahead cannot be true: it is years of windows.
local mostAhead = 1000000

local function int(n) return string.format('%.0f', n) end

local function pack(t, fields)
  local values = {}
  for i, field in ipairs(fields) do values[i] = words[field] and t[field] or int(t[field]) end
  return table.concat(values, ' ')
end

-- parse returns nil for a text that pack has not written.
local function parse(text, fields)
  local t, i = {}, 0
  for value in string.gmatch(text, '%S+') do
    i = i + 1
    local field = fields[i]
    if not field then return nil end
    if not words[field] then
      value = tonumber(value)
      if not value or value % 1 ~= 0 or value > exact or value < -exact then return nil end
    end
    t[field] = value
  end
  return i == #fields and t or nil
end

local function read(at, fields)
  local t = {}
  for i = 1, #fields, 3 do
    local field, least, most = fields[i], fields[i + 1], fields[i + 2]
    local n = tonumber(ARGV[at])
    if not n or n % 1 ~= 0 or n < least or n > most then error(field .. ' is out of range', 0) end
    t[field], at = n, at + 1
  end
  return t, at
end

local function readID(at)
  if not ARGV[at] or not string.find(ARGV[at], '^[%w_-]+$') or #ARGV[at] ~= 16 then error('the id is invalid', 0) end
  return ARGV[at]
end

-- The report.
local id, name, at = readID(1), ARGV[2], nil
if not name or not string.find(name, '^%S+$') or #name > 64 then error('the name is invalid', 0) end
local r
r, at = read(3, reportFields)
if r.epoch > 0 and r.remaining < 0 then error('remaining is out of range', 0) end
local reports = {}
while ARGV[at] do
  local record = readID(at)
  reports[#reports + 1], at = read(at + 1, stateFields)
  reports[#reports].id = record
end
if #reports > mostRecords then error('too many records', 0) end

-- The state: that of the pool, the number of members, and the members and records that this exchange is about.
local s, live, idle, members, records, silent, gone, unused
local time = redis.call('TIME')
time = tonumber(time[1]) * second + tonumber(time[2])
local now = time

local function due(key, kept, most)
  return redis.call('ZRANGEBYSCORE', key, '-inf', int(now - kept), 'LIMIT', 0, most)
end

-- load returns false if there is no state, or one that cannot be true.
local function load()
  local pool = redis.call('HGET', membersKey, 'pool')
  s = pool and parse(pool, poolFields)
  if not s then return false end
  -- The store's clock may be set back, or be that of another server: then the pool's clock goes on from its last value.
  now = max(time + s.offset, s.clock)
  live, idle = redis.call('ZCARD', liveKey), redis.call('ZCARD', idleKey)
  if redis.call('HLEN', membersKey) ~= live + idle + 1 or redis.call('HLEN', recordsKey) ~= redis.call('ZCARD', recentKey) then
    return false
  end
  silent, gone = due(liveKey, memberSilence, expirePerExchange), due(idleKey, memberKept, expirePerExchange)
  unused = due(recentKey, recordKept, expirePerExchange)
  local ids = {id}
  for _, list in ipairs({silent, gone}) do
    for _, member in ipairs(list) do ids[#ids + 1] = member end
  end
  members, records = {}, {}
  for i, value in ipairs(redis.call('HMGET', membersKey, unpack(ids))) do
    members[ids[i]] = value and parse(value, memberFields)
    if not members[ids[i]] and (value or i > 1) then return false end
  end
  if #reports == 0 then return true end
  ids = {}
  for i, report in ipairs(reports) do ids[i] = report.id end
  for i, value in ipairs(redis.call('HMGET', recordsKey, unpack(ids))) do
    records[ids[i]] = value and parse(value, recordFields) or nil
    if value and not records[ids[i]] then return false end
  end
  return true
end

if not load() then
  redis.call('DEL', unpack(KEYS))
  s, live, idle, members, records, silent, gone, unused, now = {}, 0, 0, {}, {}, {}, {}, {}, time
  for _, field in ipairs(poolFields) do s[field] = 0 end
  s.prober, s.limit, s.remaining = none, -1, -1
end
s.clock, s.offset = now, now - time
if members[id] and r.seq < members[id].seq then error('the report is older than the last one', 0) end
if s.epoch > 0 and r.epoch > s.epoch + mostAhead then error('epoch is out of range', 0) end

local function add(m, sign)
  s.out, s.wants = s.out + sign * m.out, s.wants + sign * m.want
  local current = 0
  if m.epoch == s.epoch then
    current = sign * m.own
    s.people = s.people + sign * m.people
  end
  s.own = s.own + current
  if m.want > 0 then
    s.wanting, s.wantOwn, s.wantsOut = s.wanting + sign, s.wantOwn + current, s.wantsOut + sign * m.out
  end
end

local function expire()
  for _, member in ipairs(silent) do
    local m = members[member]
    add(m, -1)
    m.out, m.want, m.idle = 0, 0, 1
    add(m, 1)
    live, idle = live - 1, idle + 1
    if m.seen <= now - memberKept and #gone < expirePerExchange then gone[#gone + 1] = member end
  end
  for _, member in ipairs(gone) do
    local m = members[member]
    if m.epoch == s.epoch then s.gone = s.gone + m.own end
    add(m, -1)
    members[member], idle = nil, idle - 1
  end
  for _, record in ipairs(unused) do records[record] = nil end
end

local function merge()
  local began, earliest, latest = now - r.age, now + r.earliest, now + r.latest
  if r.epoch > s.epoch then
    if s.epoch == 0 and r.epoch > 1 then s.settled = now + settleTime end
    s.peopleBefore, s.people = s.people, 0
    s.fairBefore = floor(s.wantOwn / max(s.wanting, 1))
    s.own, s.wantOwn, s.gone, s.proberUntil = 0, 0, 0, 0
    s.epoch, s.limit, s.top, s.remaining, s.sawStart, s.noReset = r.epoch, r.limit, r.top, r.remaining, r.sawStart, r.noReset
    s.began, s.earliest, s.latest = began, earliest, latest
  elseif r.epoch == s.epoch and r.epoch > 0 then
    s.remaining = min(s.remaining, r.remaining)
    if r.limit > 0 then s.limit = r.limit end
    s.earliest, s.latest = max(s.earliest, earliest), min(s.latest, latest)
    if r.moved == 1 then s.earliest, s.latest, s.noReset = earliest, latest, r.noReset end
    s.earliest = min(s.earliest, s.latest)
  end
end

local function update()
  local m = members[id]
  if not m then
    m = {epoch = 0, own = 0, out = 0, want = 0, people = 0, credit = 0, idle = 0}
    members[id], live = m, live + 1
  end
  add(m, -1)
  if r.epoch ~= m.epoch then
    local credit = 0
    if m.want > 0 and r.epoch == m.epoch + 1 then
      credit = min(max(m.credit + s.fairBefore - m.own, 0), s.fairBefore)
    end
    m.credit = credit
  end
  m.name, m.seq, m.epoch, m.own, m.out, m.people = name, r.seq, r.epoch, r.own, r.inFlight + r.lease, r.people
  m.want, m.seen = r.interactive + r.background, now
  add(m, 1)
  if m.idle == 1 then m.idle, live, idle = 0, live + 1, idle - 1 end
  local at = now - r.peopleAgo
  if r.peopleAgo > 0 and at > s.peopleAt then
    if s.peopleAt == 0 or at - s.peopleAt >= poolPause then s.peopleSince = at end
    s.peopleAt = at
  end
  return m
end

local function share(m, want, left)
  if want <= 0 or left <= 0 then return 0 end
  local lacks = ceil((left + s.wantOwn + s.wantsOut) / s.wanting) - m.out
  if m.epoch == s.epoch then lacks = lacks + m.credit - m.own end
  local rest = floor(max(s.latest - now, 0) / wantsTime) + 1
  return max(min(want, left, max(floor((lacks + 1) / 2), left - (s.wants - m.want) * rest)), 0)
end

local function grant(g, m)
  local left = s.remaining - s.out
  if now >= s.latest + window then left = 0 end
  local interactive = share(m, r.interactive, left - r.reserve)
  local background = share(m, r.background, left - interactive - r.reserveBackground)
  local current = now + r.earliest >= s.earliest - probeSlack
  if interactive + background == 0 and r.probe == 1 and current and s.proberUntil <= now then
    g.probe, background = 1, 1
    s.prober, s.proberUntil = id, now + max(r.patience, 2 * second)
  end
  g.lease, g.background = interactive + background, background
  add(m, -1)
  m.out = m.out + g.lease
  add(m, 1)
end

local function set(k, state)
  local function at(sign, d) return d == 0 and 0 or now + sign * d end
  k.spent, k.refusals = state.spent, state.refusals
  k.ends, k.try, k.blocked = at(1, state.ends), at(1, state.try), at(1, state.blocked)
  k.refused, k.first = at(-1, state.refused), at(-1, state.first)
end

local function endWindow(k)
  if k.ends > 0 and now >= k.ends then k.spent, k.ends, k.try = 0, 0, 0 end
end

local function join(k, state)
  local joined = {}
  set(joined, state)
  endWindow(k)
  if k.ends == 0 or joined.ends > 0 and joined.ends < k.ends then k.ends = joined.ends end
  k.spent = k.spent + joined.spent
  if k.holder ~= none then k.joined = k.joined + joined.spent end
  k.refusals = max(k.refusals, joined.refusals)
  k.blocked, k.refused = max(k.blocked, joined.blocked), max(k.refused, joined.refused)
end

-- exchangeRecord adds its part of the grant to the reply.
local function exchangeRecord(report, reply)
  local k = records[report.id]
  if not k then
    k = {holder = none, next = none, heldUntil = 0, nextUntil = 0, joined = 0}
    set(k, report)
    records[report.id] = k
  elseif report.join == 1 then
    join(k, report)
  end
  k.seen = now
  if now >= k.heldUntil then k.holder, k.joined = none, 0 end
  if report.release == 1 and k.holder == id then
    set(k, report)
    k.spent, k.joined, k.holder = k.spent + k.joined, 0, none
  end
  local reserved = k.next ~= none and k.next ~= id and now < k.nextUntil
  local held = 0
  if report.want == 1 then
    if k.holder == id or k.holder == none and not reserved then
      k.holder, k.heldUntil, k.next, held = id, now + recordHeld, none, 1
    elseif not reserved then
      k.next, k.nextUntil = id, max(now, k.heldUntil) + nextKept
    end
  end
  endWindow(k)
  local function gap(from, to) return (from == 0 or to == 0) and 0 or max(to - from, 1) end
  for _, value in ipairs({
    held, k.spent, gap(now, k.ends), gap(now, k.try), gap(now, k.blocked), k.refusals, gap(k.refused, now), gap(k.first, now),
  }) do reply[#reply + 1] = value end
end

expire()
local alone = live == 0
merge()
if r.rejoining == 1 and alone then s.settled = now + settleTime end
local m = update()
if s.prober == id and r.probing == 0 then s.proberUntil = 0 end
local g = {lease = 0, background = 0, probe = 0}
if r.epoch >= s.epoch and now >= s.settled then grant(g, m) end
local reserve = r.interactive == 0 and r.reserveBackground or r.reserve
local busy = (s.proberUntil > now or s.remaining - reserve > m.out) and 1 or 0
local since, ago = 0, 0
if s.peopleAt > 0 then since, ago = max(now - s.peopleSince, 1), max(now - s.peopleAt, 1) end
local reply = {
  s.epoch, s.limit, s.top, s.remaining, s.sawStart, s.noReset, now - s.began, s.earliest - now, s.latest - now,
  g.lease, g.background, g.probe, max(s.settled - now, 0), busy, live, s.own + s.gone + s.out, s.people, s.peopleBefore, since, ago,
}
for _, report in ipairs(reports) do exchangeRecord(report, reply) end

-- put replaces packed values and scores, and drops those of ids that are not among them any more.
if #gone > 0 then
  redis.call('HDEL', membersKey, unpack(gone))
  redis.call('ZREM', idleKey, unpack(gone))
end
if #unused > 0 then
  redis.call('HDEL', recordsKey, unpack(unused))
  redis.call('ZREM', recentKey, unpack(unused))
end
if #silent > 0 then redis.call('ZREM', liveKey, unpack(silent)) end
redis.call('ZREM', idleKey, id)
local values, idles = {'pool', pack(s, poolFields)}, {}
for member, m in pairs(members) do
  values[#values + 1] = member
  values[#values + 1] = pack(m, memberFields)
  if m.idle == 1 then
    idles[#idles + 1] = int(m.seen)
    idles[#idles + 1] = member
  end
end
redis.call('HSET', membersKey, unpack(values))
redis.call('ZADD', liveKey, int(now), id)
if #idles > 0 then redis.call('ZADD', idleKey, unpack(idles)) end
if #reports > 0 then
  local values, scores = {}, {}
  for record, k in pairs(records) do
    values[#values + 1] = record
    values[#values + 1] = pack(k, recordFields)
    scores[#scores + 1] = int(now)
    scores[#scores + 1] = record
  end
  redis.call('HSET', recordsKey, unpack(values))
  redis.call('ZADD', recentKey, unpack(scores))
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, stateKept) end
return reply
