package ratelimit

import (
	"container/list"
	"time"
)

// poolRecord is a record that members share. One member at a time holds it.
type poolRecord struct {
	holder    string
	heldUntil int64
	next      string // the member that gets it next, unless it does not ask until nextUntil
	nextUntil int64
	seen      int64
	elem      *list.Element

	spent, refusals int
	joined          int // part of spent that the holder does not know of
	// Times of the pool's clock; 0 is not known.
	end, try, blocked, refused, first int64
}

const (
	// recordHeld is how long a member that does not report holds a record.
	recordHeld = 3 * poolSecond
	// nextKept is how long a record is kept for the next member.
	nextKept = poolSecond
	// recordKept is how long a record is kept that nobody uses.
	recordKept = 3 * poolWindow
)

// exchangeRecord merges a report about a record, and decides whether the member holds it.
func (s *poolState) exchangeRecord(r RecordReport, member string, now int64) RecordGrant {
	k := s.records[r.Record]
	if k == nil {
		k = &poolRecord{elem: s.recordList.PushBack(r.Record)}
		s.records[r.Record] = k
		k.set(r.State, now)
	} else if r.Join {
		k.join(r.State, now)
	}
	k.seen = now
	s.recordList.MoveToBack(k.elem)
	if now >= k.heldUntil {
		k.holder, k.joined = "", 0
	}
	if r.Release && k.holder == member {
		k.set(r.State, now)
		k.spent, k.joined, k.holder = k.spent+k.joined, 0, ""
	}
	reserved := k.next != "" && k.next != member && now < k.nextUntil
	held := false
	switch {
	case !r.Want:
	case k.holder == member, k.holder == "" && !reserved: // it may not have got the last response
		k.holder, k.heldUntil, k.next = member, now+recordHeld, ""
		held = true
	case !reserved:
		k.next, k.nextUntil = member, max(now, k.heldUntil)+nextKept
	}
	return RecordGrant{Held: held, State: k.at(now)}
}

// set replaces the state.
func (k *poolRecord) set(state RecordState, now int64) {
	at := func(d time.Duration) int64 {
		if d == 0 {
			return 0
		}
		return now + d.Microseconds()
	}
	k.spent, k.refusals = state.Spent, state.Refusals
	k.end, k.try, k.blocked = at(state.End), at(state.Try), at(state.Blocked)
	k.refused, k.first = at(-state.Refused), at(-state.First)
}

// join adds what a new member has sent and learned.
func (k *poolRecord) join(state RecordState, now int64) {
	joined := poolRecord{}
	joined.set(state, now)
	k.at(now) // ends its window if that is over
	if k.end == 0 || joined.end > 0 && joined.end < k.end {
		k.end = joined.end
	}
	k.spent += joined.spent
	if k.holder != "" {
		k.joined += joined.spent // the holder does not know of them
	}
	k.refusals = max(k.refusals, joined.refusals)
	k.blocked, k.refused = max(k.blocked, joined.blocked), max(k.refused, joined.refused)
}

// at returns the state relative to now.
func (k *poolRecord) at(now int64) RecordState {
	gap := func(from, to int64) time.Duration {
		if from == 0 || to == 0 {
			return 0
		}
		return micros(max(to-from, 1))
	}
	if k.end > 0 && now >= k.end {
		k.spent, k.end, k.try = 0, 0, 0
	}
	return RecordState{
		Spent: k.spent, Refusals: k.refusals, End: gap(now, k.end), Try: gap(now, k.try), Blocked: gap(now, k.blocked),
		Refused: gap(k.refused, now), First: gap(k.first, now),
	}
}

// expireRecords forgets records that nobody uses.
func (s *poolState) expireRecords(now int64) {
	for range expirePerExchange {
		e := s.recordList.Front()
		if e == nil || now-s.records[e.Value.(Record)].seen < recordKept {
			return
		}
		delete(s.records, e.Value.(Record))
		s.recordList.Remove(e)
	}
}
