-- One exchange of a member with the pool. It decides like ratelimit.MemoryPool, whose functions have the same names. This part
-- has what the script reads and writes: it is followed by records.lua and exchange.lua.
--
-- The script reads all it needs, decides, and writes. So a report that is refused changes nothing, and a state that cannot be
-- true, because another program has written it or the store has evicted a part of it, is dropped as a whole.
--
-- Numbers are whole and below 2^53. Times are in microseconds. Most of the time goes into texts, so values are packed by one
-- match and one format each.
--
-- KEYS: members and the pool (field "pool"); live and idle members by when they were last seen; records, and the same for them.
-- ARGV: id, name and numbers of the member; then id and numbers of each record.

local membersKey, liveKey, idleKey, recordsKey, recentKey = unpack(KEYS)
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max

local second = 1000000
local window = 60 * second
local memberSilence, memberKept = 3 * second, 2 * window
local recordKept = 3 * window
local expirePerExchange = 8
local stateKept = 3600 * 1000 -- milliseconds; longer than anything above, and than a window of 15 minutes
local none = '-' -- no member

local function numbers(n) return string.sub(string.rep(' (%-?%d+)', n), 2) .. '$' end
local function formats(n) return string.rep(' %.0f', n) end

-- Numbers of a report, with the least and the largest value. They are those of ratelimit.Report.Validate.
local count, ago = 2147483647, 100 * 365 * 24 * 3600 * second
local reportLimits = {
  'seq', 1, 9007199254740991, 'epoch', 0, 1099511627776, 'limit', -1, count, 'top', 0, count, 'remaining', -1, count,
  'sawStart', 0, 1, 'noReset', 0, 1, 'age', 0, 3600 * second, 'earliest', -ago, 900 * second, 'latest', -ago, 900 * second,
  'moved', 0, 1, 'own', 0, count, 'inFlight', 0, count, 'lease', 0, count, 'interactive', 0, count, 'background', 0, count,
  'reserve', 0, count, 'reserveBackground', 0, count, 'probe', 0, 1, 'probing', 0, 1, 'patience', 0, 3600 * second,
  'rejoining', 0, 1, 'people', 0, count, 'peopleAgo', 0, ago, 'peopleSince', 0, ago,
}
local recordLimits = {
  'join', 0, 1, 'release', 0, 1, 'want', 0, 1, 'sent', 0, count, 'spent', 0, count, 'ends', 0, window, 'try', 0, window,
  'blocked', 0, 366 * 24 * 3600 * second, 'refusals', 0, count, 'refused', 0, ago, 'first', 0, ago,
}
local mostRecords = 64
-- An epoch that is further ahead cannot be true: it is two years of windows.
local mostEpochStep = 1048576

local function read(text, limits)
  local values, t = {string.match(text or '', '^' .. numbers(#limits / 3))}, {}
  for i = 1, #limits, 3 do
    local field, n = limits[i], tonumber(values[(i + 2) / 3])
    if not n or n < limits[i + 1] or n > limits[i + 2] then error(field .. ' is missing or out of range', 0) end
    t[field] = n
  end
  return t
end

local function readID(text)
  if not string.find(text, '^[%w_-]+$') or #text ~= 16 then error('an id is invalid', 0) end
  return text
end

local function readReport()
  local r = read(ARGV[3], reportLimits)
  r.id, r.name, r.records = readID(ARGV[1]), ARGV[2], {}
  if not string.find(r.name, '^%S+$') or #r.name > 64 then error('the name is invalid', 0) end
  if r.epoch > 0 and r.remaining < 0 then error('remaining is out of range', 0) end
  if #ARGV > 3 + 2 * mostRecords then error('there are too many records', 0) end
  for i = 4, #ARGV, 2 do
    local record = read(ARGV[i + 1], recordLimits)
    record.id = readID(ARGV[i])
    r.records[#r.records + 1] = record
  end
  return r
end

-- The parse functions return nil for what the pack functions have not written.

local function parsePool(text)
  local prober, clock, offset, epoch, limit, top, remaining, sawStart, reset, began, earliest, latest, settled, proberUntil,
    people, peopleBefore, peopleSince, peopleAt, fairBefore, gone, own, out, members, want, sent, wantOut, asleep,
    allMembers, allWant, allSent, allOut, allAsleep = string.match(text, '^(%S+) ' .. numbers(31)) -- Lua allows 32
  return prober and {
    prober = prober, clock = clock + 0, offset = offset + 0, epoch = epoch + 0, limit = limit + 0, top = top + 0,
    remaining = remaining + 0, sawStart = sawStart + 0, noReset = reset % 2, moved = floor(reset / 2), began = began + 0,
    earliest = earliest + 0, latest = latest + 0, settled = settled + 0, proberUntil = proberUntil + 0, people = people + 0,
    peopleBefore = peopleBefore + 0, peopleSince = peopleSince + 0, peopleAt = peopleAt + 0, fairBefore = fairBefore + 0,
    gone = gone + 0, own = own + 0, out = out + 0,
    interactive = {members = members + 0, want = want + 0, sent = sent + 0, out = wantOut + 0, asleep = asleep + 0},
    all = {members = allMembers + 0, want = allWant + 0, sent = allSent + 0, out = allOut + 0, asleep = allAsleep + 0},
  }
end

local emptyPool = none .. ' 0 0 0 -1 0 -1' .. string.rep(' 0', 25)

local function packPool(s)
  local w, all = s.interactive, s.all
  return string.format('%s' .. formats(31), s.prober, s.clock, s.offset, s.epoch, s.limit, s.top, s.remaining, s.sawStart,
    s.noReset + 2 * s.moved, s.began, s.earliest, s.latest, s.settled, s.proberUntil, s.people, s.peopleBefore, s.peopleSince,
    s.peopleAt, s.fairBefore, s.gone, s.own, s.out, w.members, w.want, w.sent, w.out, w.asleep,
    all.members, all.want, all.sent, all.out, all.asleep)
end

local function parseMember(text)
  local name, seq, epoch, own, out, interactive, want, people, credit, seen, idle = string.match(text, '^(%S+) ' .. numbers(10))
  return name and {
    name = name, seq = seq + 0, epoch = epoch + 0, own = own + 0, out = out + 0, interactive = interactive + 0, want = want + 0,
    people = people + 0, credit = credit + 0, seen = seen + 0, idle = idle + 0,
  }
end

local function packMember(m)
  return string.format('%s' .. formats(10), m.name, m.seq, m.epoch, m.own, m.out, m.interactive, m.want, m.people, m.credit,
    m.seen, m.idle)
end

local function parseRecord(text)
  local holder, after, sent, heldUntil, heldEnd, nextUntil, spent, unknown, refusals, ends, try, blocked, refused, first =
    string.match(text, '^(%S+) (%S+) (%S+) ' .. numbers(11))
  return holder and {
    holder = holder, next = after, sent = sent, heldUntil = heldUntil + 0, heldEnd = heldEnd + 0, nextUntil = nextUntil + 0,
    spent = spent + 0, unknown = unknown + 0, refusals = refusals + 0, ends = ends + 0, try = try + 0, blocked = blocked + 0,
    refused = refused + 0, first = first + 0,
  }
end

local function packRecord(k)
  return string.format('%s %s %s' .. formats(11), k.holder, k.next, k.sent, k.heldUntil, k.heldEnd, k.nextUntil, k.spent,
    k.unknown, k.refusals, k.ends, k.try, k.blocked, k.refused, k.first)
end

local r = readReport()
local time = redis.call('TIME')
time = time[1] * second + time[2]

-- The pool, how many members are live, and the members and records that this exchange is about. Of those, silent members
-- lose their lease; gone members and unused records are forgotten.
local s, now, live, members, records, silent, gone, unused

local function due(key, kept, most) return redis.call('ZRANGEBYSCORE', key, 0, now - kept, 'LIMIT', 0, most) end

-- fetch returns the parsed values of some fields, or nil if one of the values is wrong.
local function fetch(key, ids, parse)
  local parsed = {}
  if #ids == 0 then return parsed end
  for i, text in ipairs(redis.call('HMGET', key, unpack(ids))) do
    parsed[ids[i]] = text and parse(text) or nil
    if text and not parsed[ids[i]] then return nil end
  end
  return parsed
end

-- load returns false if there is no state, or one that cannot be true.
local function load()
  local pool = redis.call('HGET', membersKey, 'pool')
  s = pool and parsePool(pool)
  if not s then return false end
  -- The store's clock may be set back, or be that of another server. Then the pool's clock goes on from its last value.
  now = max(time + s.offset, s.clock)
  live = redis.call('ZCARD', liveKey)
  local idle, known = redis.call('ZCARD', idleKey), redis.call('ZCARD', recentKey)
  if redis.call('HLEN', membersKey) ~= live + idle + 1 or redis.call('HLEN', recordsKey) ~= known then return false end
  silent, gone, unused = due(liveKey, memberSilence, expirePerExchange), {}, {}
  if idle > 0 then gone = due(idleKey, memberKept, expirePerExchange) end
  if known > 0 then unused = due(recentKey, recordKept, mostRecords) end
  local ids = {r.id}
  for _, id in ipairs(silent) do ids[#ids + 1] = id end
  for _, id in ipairs(gone) do ids[#ids + 1] = id end
  members = fetch(membersKey, ids, parseMember)
  if not members then return false end
  for i = 2, #ids do
    if not members[ids[i]] then return false end
  end
  ids = {}
  for i, record in ipairs(r.records) do ids[i] = record.id end
  records = fetch(recordsKey, ids, parseRecord)
  return records ~= nil
end

local function reset()
  redis.call('DEL', unpack(KEYS))
  s, now, live, members, records, silent, gone, unused = parsePool(emptyPool), time, 0, {}, {}, {}, {}, {}
end

local function drop(key, scores, ids)
  if #ids == 0 then return end
  redis.call('HDEL', key, unpack(ids))
  redis.call('ZREM', scores, unpack(ids))
end

local function put(key, command, values)
  if #values == 0 then return end
  redis.call(command, key, unpack(values))
  redis.call('PEXPIRE', key, stateKept)
end

-- A store without memory lets a script go on whose first write needs none. The first write here needs some, so such a store
-- refuses each exchange, and not only those that remove nothing.
local function save(wasIdle)
  put(membersKey, 'HSET', {'pool', packPool(s)})
  drop(membersKey, idleKey, gone)
  drop(recordsKey, recentKey, unused)
  if #silent > 0 then redis.call('ZREM', liveKey, unpack(silent)) end
  if wasIdle then redis.call('ZREM', idleKey, r.id) end
  local values, scores = {}, {}
  for id, m in pairs(members) do
    values[#values + 1], values[#values + 2] = id, packMember(m)
    if m.idle == 1 then scores[#scores + 1], scores[#scores + 2] = m.seen, id end
  end
  put(membersKey, 'HSET', values)
  put(liveKey, 'ZADD', {now, r.id})
  put(idleKey, 'ZADD', scores)
  values, scores = {}, {}
  for id, k in pairs(records) do
    values[#values + 1], values[#values + 2] = id, packRecord(k)
    scores[#scores + 1], scores[#scores + 2] = now, id
  end
  put(recordsKey, 'HSET', values)
  put(recentKey, 'ZADD', scores)
end
