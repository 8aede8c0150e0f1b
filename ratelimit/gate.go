package ratelimit

import (
	"math/rand/v2"
	"time"
)

// A gate keeps the requests for one record, the new records of one customer, or the requests of one operation that are for no
// record, within a limit of their own. No header tells of such a limit, only a refusal.
type gate struct {
	key   gateKey
	limit int // requests per window; 0 is unknown

	inFlight int
	passed   []*waiter // among those in flight, the ones that still wait for the budget, in no order
	waiting  classes
	changed  bool   // and not looked at since
	reminded moment // when to look at it
	slot     int    // among those to be looked at then, counted from 1; 0 is not there

	// Where the limit is known: what was sent in this window, and when the window ends at the latest. The end is zero
	// until an answer has come.
	spent int
	end   moment
	// tryAt is a moment at which the window may end already.
	tryAt moment

	// After a refusal: closed until, and one at a time then, until one succeeds.
	until   moment
	strikes int
	struck  moment // when the last one came
	tried   moment // when a request was last sent
	// first is when the first answer came since the last refusal: a window began then at the latest.
	first moment
}

// How many requests for one record are in flight at once. When its limit is met they are all refused, and refusals cost budget: so
// there are fewer where that has happened within limitedFor.
const (
	objectFlight  = 4
	limitedFlight = 2
	limitedFor    = 2 * windowLength
)

// flight returns how many requests may be in flight at once.
func (g *gate) flight(now moment) int {
	if !g.struck.IsZero() && now.Sub(g.struck) < limitedFor {
		return limitedFlight
	}
	return objectFlight
}

// room reports whether one more request may pass beside those that have, once the gate is open.
func (g *gate) room(now moment) bool {
	if g.limit > 0 {
		return g.spent < g.limit
	}
	return g.inFlight < g.flight(now) || g.key.kind == operation
}

// tries reports whether one that tries after a refusal has passed and still waits for the budget. No other one passes then.
func (g *gate) tries() bool { return g.strikes > 0 && len(g.passed) > 0 }

// opens returns when the gate lets the next request through; a time that is not after now is at once. A zero time is
// when an answer comes.
func (g *gate) opens(now moment) (at moment, ok bool) {
	if g.until.After(now) {
		return g.until, true
	}
	if g.strikes > 0 && g.inFlight > 0 {
		// One that is not answered holds up nobody for good.
		if at := g.tried.Add(scoutPatience); at.After(now) {
			return at, true
		}
	}
	if g.limit == 0 {
		return now, g.room(now)
	}
	if !g.end.IsZero() && !now.Before(g.end) && g.inFlight == 0 {
		g.spent, g.end, g.tryAt = 0, never, never
	}
	switch {
	case g.room(now):
		return now, true
	case g.inFlight > 0 || g.end.IsZero():
		return never, false
	}
	return g.renewal(now), true
}

// renewal returns when the window of a known limit may end at the earliest.
func (g *gate) renewal(now moment) moment {
	switch {
	case !g.tryAt.IsZero():
		return g.tryAt
	case !g.end.IsZero():
		return g.end
	}
	return now // no answer has come, so nobody knows
}

// at is opens where only the time matters.
func (g *gate) at(now moment) moment {
	at, _ := g.opens(now)
	return at
}

func (g *gate) enter() {
	g.inFlight++
	g.spent++
}

// giveBack takes back a request that was not sent, or did not count.
func (g *gate) giveBack() {
	g.inFlight--
	g.spent--
}

// lose takes in that no answer came: the request may have counted.
func (g *gate) lose(received moment) {
	g.inFlight--
	g.bound(received)
}

// bound sees to it that a window which is used up ends, though no answer has shown when it began.
func (g *gate) bound(now moment) {
	if g.limit > 0 && g.spent >= g.limit && g.end.IsZero() {
		g.end = now.Add(windowLength)
	}
}

// leave takes in an answer to a request that was sent at that time.
func (g *gate) leave(refused bool, wait time.Duration, b *budget, sent, received moment) {
	g.inFlight--
	if !refused {
		if g.strikes > 0 || received.Sub(g.first) >= windowLength {
			g.first = received
		}
		g.strikes = 0
		if g.limit > 0 && g.spent > g.limit {
			g.spent, g.end = 1, never // a new window, sooner than was known
		}
		if g.limit > 0 && g.end.IsZero() {
			g.end = received.Add(windowLength)
			g.tryAt, _ = b.clock.nextMinute(received)
		}
		return
	}
	if g.limit > 0 && g.spent >= g.limit && g.end.After(received) && wait == 0 {
		g.tryAt = never // it was worth a try
		return
	}
	g.bound(received)
	if sent.Before(g.struck) {
		// Of a request that was under way when another was refused, which says nothing new.
		g.until = later(g.until, received.Add(wait))
		return
	}
	g.strikes++
	g.struck = received
	until := received.Add(backoff(g.strikes))
	if end := g.first.Add(windowLength); end.After(received) {
		until = earlier(until, end)
	}
	g.until = later(g.until, later(until, received.Add(wait)))
}

// idle reports whether the gate, which nobody uses, can be forgotten.
func (g *gate) idle(now moment) bool {
	if g.until.After(now) || g.end.After(now) {
		return false
	}
	return g.strikes == 0 || now.Sub(g.until) >= windowLength // the next refusal holds it back for twice as long
}

const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// backoff returns how long to stay away after n refusals in a row: doubling from a second to a minute, with jitter.
func backoff(n int) time.Duration {
	most := maxBackoff
	if n < 7 {
		most = min(maxBackoff, minBackoff<<n)
	}
	return most/2 + rand.N(most/2+1)
}
