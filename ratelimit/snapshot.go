package ratelimit

import (
	"slices"
	"time"
)

// A Snapshot is the state of a limiter at one moment.
type Snapshot struct {
	Limit     int       // requests per window for the whole organisation; -1 if no response had it
	Remaining int       // of those, left for all keys and people at the last count; -1 if there is none
	Reserve   int       // of those, left to people and other integrations
	InFlight  int       // requests in flight
	Waiting   int       // calls that wait for their turn
	Members   int       // of the pool, itself included, at the last exchange; 0 without a pool or while it fails
	Reset     time.Time // when the window ends at the latest; zero if that is not known
	Blocked   []Blocked // records, customers, searches and operations whose requests have to wait, the longest wait first
}

// A Blocked is one record, customer or operation, or the searches, whose requests have to wait because of their own limit.
type Blocked struct {
	Kind    string    // "object", "customer", "search" for all searches, or "operation" for all other requests
	ID      string    // of the record or customer; the name of the operation; empty for searches
	Until   time.Time // when the next request may be sent; zero if that depends on a response
	Waiting int       // calls that wait
}

// Snapshot returns the state of the limiter now.
func (l *Adaptive) Snapshot() Snapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	s := Snapshot{
		Limit: l.budget.limit, Remaining: max(l.budget.left(), 0), Reserve: l.reserve(),
		InFlight: l.inFlight, Waiting: l.waiting.len(),
	}
	if l.pool.attached() {
		s.Members = l.pool.members
	}
	if !l.budget.seen {
		s.Remaining = -1
	} else if !l.budget.over(now) {
		s.Reset = l.budget.latest
	}
	for e := l.keyLimiters.order.Front(); e != nil; e = e.Next() {
		k := e.Value.(*keyLimiter)
		s.Waiting += k.waiting.len()
		if k.waiting.len() == 0 && !k.until.After(now) {
			continue
		}
		until := k.at(now)
		if !until.After(now) { // that depends on a response
			until = time.Time{}
		}
		s.Blocked = append(s.Blocked, Blocked{Kind: k.key.kind, ID: k.key.id, Until: until, Waiting: k.waiting.len()})
	}
	slices.SortFunc(s.Blocked, func(a, b Blocked) int { return b.Until.Compare(a.Until) })
	return s
}
