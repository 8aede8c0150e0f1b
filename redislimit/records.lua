-- Records whose limits members share. One member at a time holds a record.

local recordHeld, recordTurn, nextKept = 3 * second, second, second
local nobody = '-' -- has sent requests: the list of who has sent how many, as "id=number;"

local function renew(k) k.spent, k.unknown, k.ends, k.try, k.sent = 0, 0, 0, 0, nobody end

local function mergeRecord(k, report, isHolder)
  local function at(sign, d) return d == 0 and 0 or now + sign * d end
  local ends, blocked, refused = at(1, report.ends), at(1, report.blocked), at(-1, report.refused)
  if isHolder then
    if k.heldEnd > 0 and ends > k.heldEnd + recordTurn then renew(k) end
    k.try, k.first = at(1, report.try), at(-1, report.first)
    k.refusals, k.blocked, k.refused = report.refusals, blocked, refused
  else
    k.refusals, k.blocked, k.refused = max(k.refusals, report.refusals), max(k.blocked, blocked), max(k.refused, refused)
  end
  if k.ends == 0 or ends > 0 and ends < k.ends then k.ends = ends end
end

local function countRecord(k, report)
  local entry = r.id .. '='
  local from, to = string.find(k.sent, entry, 1, true)
  local known, sent = from and string.match(k.sent, '^%d+', to + 1), nil
  if known then
    sent = known + 0
    k.sent = string.sub(k.sent, 1, from - 1) .. string.sub(k.sent, to + #known + 2)
  else
    sent = min(report.sent, k.unknown)
    k.unknown = k.unknown - sent
  end
  if report.join == 1 or report.release == 1 then
    if sent > report.sent then sent = 0 end
    k.spent, sent = k.spent + report.sent - sent, report.sent
  end
  if sent > 0 or known then k.sent = k.sent .. entry .. string.format('%.0f', sent) .. ';' end
end

-- exchangeRecord adds its part of the grant to the reply.
local function exchangeRecord(report, reply)
  local k = records[report.id]
  if not k then
    k = {
      holder = r.id, heldUntil = now + 1, heldEnd = 0, next = none, nextUntil = 0, spent = report.spent, unknown = report.spent,
      sent = nobody, refusals = 0, ends = 0, try = 0, blocked = 0, refused = 0, first = 0,
    }
    report.release = 1
    records[report.id] = k
  end
  if k.ends > 0 and now >= k.ends then renew(k) end
  if now >= k.heldUntil then k.holder = none end
  local returned = report.release == 1 and k.holder == r.id
  if report.join == 1 or report.release == 1 then mergeRecord(k, report, returned) end
  countRecord(k, report)
  if returned then k.holder = none end
  local reserved = k.next ~= none and k.next ~= r.id and now < k.nextUntil
  local held = 0
  if report.want == 1 then
    if k.holder == r.id or k.holder == none and not reserved then
      k.holder, k.heldUntil, k.heldEnd, k.next, held = r.id, now + recordHeld, k.ends, none, 1
    elseif not reserved then
      k.next, k.nextUntil = r.id, max(now, k.heldUntil) + nextKept
    end
  end
  local function gap(from, to) return (from == 0 or to == 0) and 0 or max(to - from, 1) end
  for _, value in ipairs({
    held, k.spent, gap(now, k.ends), gap(now, k.try), gap(now, k.blocked), k.refusals, gap(k.refused, now), gap(k.first, now),
  }) do reply[#reply + 1] = value end
end

