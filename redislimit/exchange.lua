-- The window of the organisation's budget, the leases of the members, and the exchange.

local settleTime = 12 * second / 10
local probeSlack = second / 2
local wantsTime = second / 4
local poolPause = 10 * window

-- quotient is that of integers in Go.
local function quotient(a, b) return a < 0 and ceil(a / b) or floor(a / b) end

local function sent(m, requests) return m.epoch == s.epoch and requests - m.credit or 0 end

local function addWants(w, m, sign, want, sent)
  if want == 0 then return end
  if m.idle == 1 then
    w.asleep = w.asleep + sign
  else
    w.members, w.want, w.sent, w.out = w.members + sign, w.want + sign * want, w.sent + sign * sent, w.out + sign * m.out
  end
end

local function add(m, sign)
  s.out = s.out + sign * m.out
  if m.epoch == s.epoch then s.own, s.people = s.own + sign * m.own, s.people + sign * m.people end
  addWants(s.interactive, m, sign, m.interactive, sent(m, min(m.people, m.own)))
  addWants(s.all, m, sign, m.want, sent(m, m.own))
end

local function expire()
  for _, member in ipairs(silent) do
    local m = members[member]
    add(m, -1)
    m.out, m.idle = 0, 1
    add(m, 1)
    live = live - 1
    if m.seen <= now - memberKept and #gone < expirePerExchange then gone[#gone + 1] = member end
  end
  for _, member in ipairs(gone) do
    local m = members[member]
    if m.epoch == s.epoch then s.gone = s.gone + m.own end
    add(m, -1)
    members[member] = nil
  end
  for _, record in ipairs(unused) do records[record] = nil end
end

local function merge()
  local began, earliest, latest = now - r.age, now + r.earliest, now + r.latest
  if r.epoch > s.epoch then
    if s.epoch == 0 and r.epoch > 1 then s.settled = now + settleTime end
    s.peopleBefore, s.people = s.people, 0
    s.fairBefore = max(quotient(s.all.sent, max(s.all.members, 1)), 0)
    s.own, s.interactive.sent, s.all.sent, s.gone, s.proberUntil = 0, 0, 0, 0, 0
    s.epoch, s.limit, s.top, s.remaining, s.sawStart, s.noReset = r.epoch, r.limit, r.top, r.remaining, r.sawStart, r.noReset
    s.began, s.earliest, s.latest, s.moved = began, earliest, latest, r.moved * (1 - r.noReset)
  elseif r.epoch == s.epoch and r.epoch > 0 then
    s.remaining = min(s.remaining, r.remaining)
    if r.limit > 0 then s.limit = r.limit end
    if r.moved == 1 then
      s.earliest, s.latest, s.noReset, s.moved = earliest, latest, r.noReset, 1 - r.noReset
    elseif s.moved == 0 then
      s.earliest, s.latest = max(s.earliest, earliest), min(s.latest, latest)
    end
    s.earliest = min(s.earliest, s.latest)
  end
end

local function update()
  local m = members[r.id]
  if not m then
    m = {epoch = 0, own = 0, out = 0, interactive = 0, want = 0, people = 0, credit = 0, idle = 0}
    members[r.id], live = m, live + 1
  end
  add(m, -1)
  if r.epoch ~= m.epoch then
    local credit = 0
    if m.want > 0 and r.epoch == m.epoch + 1 then
      credit = min(max(m.credit + s.fairBefore - m.own, 0), s.fairBefore)
    end
    m.credit = credit
  end
  m.name, m.seq, m.epoch, m.own, m.out, m.people = r.name, r.seq, r.epoch, r.own, r.inFlight + r.lease, r.people
  m.interactive, m.want, m.seen = r.interactive, r.interactive + r.background, now
  if m.idle == 1 then m.idle, live = 0, live + 1 end
  add(m, 1)
  if r.peopleAgo > 0 then
    local at, since = now - r.peopleAgo, now - r.peopleSince
    if s.peopleAt == 0 or at - s.peopleAt >= poolPause then
      s.peopleSince = min(at, since)
    elseif at > s.peopleSince - poolPause then
      s.peopleSince = min(s.peopleSince, since)
    end
    s.peopleAt = max(s.peopleAt, at)
  end
  return m
end

local function share(w, m, want, requests, left)
  if want <= 0 or left <= 0 then return 0 end
  local rest = floor(max(s.latest - now, 0) / wantsTime) + 1
  local has, members, spare = m.out + sent(m, requests), w.members + 1, left - w.want * rest
  if w.asleep > 0 and now < s.began + memberSilence then members, spare = members + w.asleep, 0 end
  local fair = quotient(left + w.sent + w.out + has + members - 1, members)
  return max(min(want, left, max(floor((fair - has + 1) / 2), spare)), 0)
end

local function grant(g, m)
  local left = s.remaining - s.out
  if now >= s.latest + window then left = 0 end
  add(m, -1)
  local interactive = share(s.interactive, m, r.interactive, min(m.people, m.own), left - r.reserve)
  local background = share(s.all, m, r.background, m.own, left - interactive - r.reserveBackground)
  local current = now + r.earliest >= s.earliest - probeSlack
  if interactive + background == 0 and r.probe == 1 and current and s.proberUntil <= now then
    g.probe, background = 1, 1
    s.prober, s.proberUntil = r.id, now + max(r.patience, 2 * second)
  end
  g.lease, g.background = interactive + background, background
  m.out = m.out + g.lease
  add(m, 1)
end

if not load() then reset() end
if members[r.id] and r.seq < members[r.id].seq then error('the report is older than the last one', 0) end
if s.epoch > 0 and r.epoch > s.epoch + mostEpochStep then error('epoch is out of range', 0) end
s.clock, s.offset = now, now - time
local wasIdle = members[r.id] and members[r.id].idle == 1
expire()
local alone = live == 0
merge()
if r.rejoining == 1 and alone then s.settled = now + settleTime end
local m = update()
if s.prober == r.id and r.probing == 0 then s.proberUntil = 0 end
local g = {lease = 0, background = 0, probe = 0}
if r.epoch >= s.epoch and now >= s.settled then grant(g, m) end
local reserve = r.interactive == 0 and r.reserveBackground or r.reserve
local busy = (s.proberUntil > now or s.remaining - reserve > m.out) and 1 or 0
local since, ago = 0, 0
if s.peopleAt > 0 then since, ago = max(now - s.peopleSince, 1), max(now - s.peopleAt, 1) end
local reply = {
  s.epoch, s.limit, s.top, s.remaining, s.sawStart, s.noReset, now - s.began, s.earliest - now, s.latest - now,
  g.lease, g.background, g.probe, max(s.settled - now, 0), busy,
  live + s.all.asleep, s.own + s.gone + s.out, s.people, s.peopleBefore, since, ago,
}
for _, report in ipairs(r.records) do exchangeRecord(report, reply) end
save(wasIdle)
return reply
