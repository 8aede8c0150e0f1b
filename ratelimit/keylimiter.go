package ratelimit

import (
	"math"
	"math/rand/v2"
	"time"
)

// A keyLimiter keeps requests within a limit of their own: those for one record, creates for one customer, or requests
// of one operation that are for no record. No header tells of such a limit, only a refusal.
type keyLimiter struct {
	key   limitKey
	limit int // requests per window; 0 is unknown

	inFlight int
	waiting  classes
	queued   [3]int      // how many of each class wait for the budget, because the key limiter has room for them
	timer    *time.Timer // fires when it opens; nil if nobody waits for that

	// If the limit is known: what was sent in this window, and when the window ends at the latest. The end is zero
	// until a response has come.
	spent int
	end   time.Time
	// tryAt is a time at which the window may end already.
	tryAt time.Time

	// After a refusal: closed until then, and one at a time after that, until one succeeds.
	until     time.Time
	refusals  int
	refusedAt time.Time // when the last one came
	sentAt    time.Time // when a request was last sent
	// first is when the first response came since the last refusal. A window began then at the latest.
	first time.Time
}

// How many requests for one record are in flight at once. When its limit is met they are all refused, and refusals cost
// budget. So there are fewer for limitedFor after a refusal.
const (
	objectFlight  = 4
	limitedFlight = 2
	limitedFor    = 2 * windowLength
)

// flight returns how many requests may be in flight at once.
func (k *keyLimiter) flight(now time.Time) int {
	if !k.refusedAt.IsZero() && now.Sub(k.refusedAt) < limitedFor {
		return limitedFlight
	}
	return objectFlight
}

// room returns how many requests may be in flight or wait for the budget, on top of those that were sent. A key limiter
// that is open has room for one at least.
func (k *keyLimiter) room(now time.Time) int {
	switch {
	case k.refusals > 0:
		return 1
	case k.limit > 0:
		return max(1, k.limit-k.spent)
	case k.key.kind == operation:
		return math.MaxInt
	}
	return max(1, k.flight(now)-k.inFlight)
}

// queuedBefore is how many that wait for the budget go before w.
func (k *keyLimiter) queuedBefore(w *waiter) (n int) {
	for _, queued := range k.queued[:w.request.class()+1] {
		n += queued
	}
	return n
}

// inUse reports whether the key limiter cannot be forgotten.
func (k *keyLimiter) inUse() bool {
	return k.inFlight > 0 || k.waiting.len() > 0 || k.queued != [3]int{}
}

// opens returns when the key limiter lets the next request through. A time that is not after now means at once. It is
// false if a response decides.
func (k *keyLimiter) opens(now time.Time) (at time.Time, ok bool) {
	if k.until.After(now) {
		return k.until, true
	}
	if k.refusals > 0 && k.inFlight > 0 {
		// A probe without a response does not hold up others for good.
		if at := k.sentAt.Add(probePatience); at.After(now) {
			return at, true
		}
	}
	if k.limit == 0 {
		return now, k.inFlight < k.flight(now) || k.key.kind == operation
	}
	if !k.end.IsZero() && !now.Before(k.end) && k.inFlight == 0 {
		k.spent, k.end, k.tryAt = 0, time.Time{}, time.Time{}
	}
	switch {
	case k.spent < k.limit:
		return now, true
	case k.inFlight > 0 || k.end.IsZero():
		return time.Time{}, false
	}
	return k.renewal(now), true
}

// renewal returns when the window of a known limit may end at the earliest.
func (k *keyLimiter) renewal(now time.Time) time.Time {
	switch {
	case !k.tryAt.IsZero():
		return k.tryAt
	case !k.end.IsZero():
		return k.end
	}
	return now // no response has come, so it is not known
}

// at is opens without the bool.
func (k *keyLimiter) at(now time.Time) time.Time {
	at, _ := k.opens(now)
	return at
}

// isOpen reports whether the key limiter, if any, lets the next request through.
func (k *keyLimiter) isOpen(now time.Time) bool {
	if k == nil {
		return true
	}
	at, ok := k.opens(now)
	return ok && !at.After(now)
}

func (k *keyLimiter) enter() {
	k.inFlight++
	k.spent++
}

// refund takes back a request that was not sent, or did not count.
func (k *keyLimiter) refund() {
	k.inFlight--
	k.spent--
}

// lose records that no response came. The request may have counted.
func (k *keyLimiter) lose(received time.Time) {
	k.inFlight--
	k.bound(received)
}

// bound sets the end of a window that is used up, if no response has shown when it began.
func (k *keyLimiter) bound(now time.Time) {
	if k.limit > 0 && k.spent >= k.limit && k.end.IsZero() {
		k.end = now.Add(windowLength)
	}
}

// leave records a response to a request that was sent at that time.
func (k *keyLimiter) leave(refused bool, wait time.Duration, b *budget, sent, received time.Time) {
	k.inFlight--
	if !refused {
		if k.refusals > 0 || received.Sub(k.first) >= windowLength {
			k.first = received
		}
		k.refusals = 0
		if k.limit > 0 && k.spent > k.limit {
			k.spent, k.end = 1, time.Time{} // a new window, sooner than was known
		}
		if k.limit > 0 && k.end.IsZero() {
			k.end = received.Add(windowLength)
			k.tryAt, _ = b.clock.nextMinute(received)
		}
		return
	}
	if k.limit > 0 && k.spent >= k.limit && k.end.After(received) && wait == 0 {
		k.tryAt = time.Time{} // the window has not ended early
		return
	}
	k.bound(received)
	if sent.Before(k.refusedAt) {
		// The request was in flight when another one was refused, so this says nothing new.
		k.until = later(k.until, received.Add(wait))
		return
	}
	k.refusals++
	k.refusedAt = received
	until := received.Add(backoff(k.refusals))
	if end := k.first.Add(windowLength); end.After(received) {
		until = earlier(until, end)
	}
	k.until = later(k.until, later(until, received.Add(wait)))
}

// idle reports whether a key limiter that is not in use has nothing to remember.
func (k *keyLimiter) idle(now time.Time) bool {
	if k.until.After(now) || k.end.After(now) {
		return false
	}
	return k.refusals == 0 || now.Sub(k.until) >= windowLength // until then the next refusal blocks it for twice as long
}

const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// backoff returns the wait after n refusals in a row: doubling from a second to a minute, with jitter.
func backoff(n int) time.Duration {
	most := maxBackoff
	if n < 7 {
		most = min(maxBackoff, minBackoff<<n)
	}
	return most/2 + rand.N(most/2+1)
}
