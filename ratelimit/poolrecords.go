package ratelimit

import (
	"container/list"
	"time"
)

// poolRecord is a record that members share. One member at a time holds it.
type poolRecord struct {
	holder    string
	heldUntil int64
	heldEnd   int64  // end, as the holder knows it
	next      string // the member that gets it next, unless it does not ask until nextUntil
	nextUntil int64
	seen      int64
	elem      *list.Element

	spent    int
	sent     map[string]int // the part of spent of each member, as far as it is known
	unknown  int            // the rest of spent, which the pool had from one member after it had lost its memory
	refusals int
	// Times of the pool's clock; 0 is not known.
	end, try, blocked, refused, first int64
}

const (
	// recordHeld is how long a member that does not report holds a record.
	recordHeld = 3 * poolSecond
	recordTurn = int64(newWindow / time.Microsecond)
	// nextKept is how long a record is kept for the next member.
	nextKept = poolSecond
	// recordKept is how long a record is kept that nobody uses.
	recordKept = 3 * poolWindow
)

// exchangeRecord merges a report about a record, and decides whether the member holds it.
func (s *poolState) exchangeRecord(r RecordReport, member string, now int64) RecordGrant {
	k := s.records[r.Record]
	if k == nil {
		k = &poolRecord{elem: s.recordList.PushBack(r.Record), sent: map[string]int{}}
		s.records[r.Record] = k
		k.spent, k.unknown = r.State.Spent, r.State.Spent
		// Nobody knows more than this member, so its state is taken over like that of a holder.
		k.holder, k.heldUntil, r.Release = member, now+1, true
	}
	k.seen = now
	s.recordList.MoveToBack(k.elem)
	if k.end > 0 && now >= k.end {
		k.renew()
	}
	if now >= k.heldUntil {
		k.holder = ""
	}
	returned := r.Release && k.holder == member
	if r.Join || r.Release {
		k.merge(r.State, returned, now)
	}
	k.count(r, member)
	if returned {
		k.holder = ""
	}
	reserved := k.next != "" && k.next != member && now < k.nextUntil
	held := false
	switch {
	case !r.Want:
	case k.holder == member, k.holder == "" && !reserved: // it may not have got the last response
		k.holder, k.heldUntil, k.heldEnd, k.next = member, now+recordHeld, k.end, ""
		held = true
	case !reserved:
		k.next, k.nextUntil = member, max(now, k.heldUntil)+nextKept
	}
	return RecordGrant{Held: held, State: k.at(now)}
}

// merge merges what a member knows. Only the holder sees whether the window ended early, and how the last request went.
func (k *poolRecord) merge(state RecordState, holder bool, now int64) {
	at := func(d time.Duration) int64 {
		if d == 0 {
			return 0
		}
		return now + d.Microseconds()
	}
	end, blocked, refused := at(state.End), at(state.Blocked), at(-state.Refused)
	if holder {
		if k.heldEnd > 0 && end > k.heldEnd+recordTurn {
			k.renew()
		}
		k.try, k.first = at(state.Try), at(-state.First)
		k.refusals, k.blocked, k.refused = state.Refusals, blocked, refused
	} else {
		k.refusals, k.blocked, k.refused = max(k.refusals, state.Refusals), max(k.blocked, blocked), max(k.refused, refused)
	}
	if k.end == 0 || end > 0 && end < k.end {
		k.end = end
	}
}

// count adds what a member has sent and the pool does not know of.
func (k *poolRecord) count(r RecordReport, member string) {
	sent, known := k.sent[member]
	if !known {
		sent = min(r.Sent, k.unknown)
		k.unknown -= sent
	}
	if r.Join || r.Release {
		if sent > r.Sent {
			sent = 0 // the member has begun a new window
		}
		k.spent += r.Sent - sent
		sent = r.Sent
	}
	if sent > 0 || known {
		k.sent[member] = sent
	}
}

// renew forgets a window that is over.
func (k *poolRecord) renew() {
	k.spent, k.unknown, k.end, k.try = 0, 0, 0, 0
	clear(k.sent)
}

// at returns the state relative to now.
func (k *poolRecord) at(now int64) RecordState {
	gap := func(from, to int64) time.Duration {
		if from == 0 || to == 0 {
			return 0
		}
		return micros(max(to-from, 1))
	}
	return RecordState{
		Spent: k.spent, Refusals: k.refusals, End: gap(now, k.end), Try: gap(now, k.try), Blocked: gap(now, k.blocked),
		Refused: gap(k.refused, now), First: gap(k.first, now),
	}
}

// expireRecords forgets records that nobody uses: as many as an exchange can add.
func (s *poolState) expireRecords(now int64) {
	for range mostRecords {
		e := s.recordList.Front()
		if e == nil || now-s.records[e.Value.(Record)].seen < recordKept {
			return
		}
		delete(s.records, e.Value.(Record))
		s.recordList.Remove(e)
	}
}
