-- Records whose limits members share. One member at a time holds a record.

local recordHeld, nextKept = 3 * second, second

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
  if report.release == 1 and k.holder == r.id then
    set(k, report)
    k.spent, k.joined, k.holder = k.spent + k.joined, 0, none
  end
  local reserved = k.next ~= none and k.next ~= r.id and now < k.nextUntil
  local held = 0
  if report.want == 1 then
    if k.holder == r.id or k.holder == none and not reserved then
      k.holder, k.heldUntil, k.next, held = r.id, now + recordHeld, none, 1
    elseif not reserved then
      k.next, k.nextUntil = r.id, max(now, k.heldUntil) + nextKept
    end
  end
  endWindow(k)
  local function gap(from, to) return (from == 0 or to == 0) and 0 or max(to - from, 1) end
  for _, value in ipairs({
    held, k.spent, gap(now, k.ends), gap(now, k.try), gap(now, k.blocked), k.refusals, gap(k.refused, now), gap(k.first, now),
  }) do reply[#reply + 1] = value end
end
