package ratelimit

import (
	"math"
	"time"
)

// A keyLimiter limits the updates of one record, the creates for one customer, all searches, or the other requests of one
// operation. No header shows such a limit, only a refusal does.
type keyLimiter struct {
	key   limitKey
	limit int // requests per window; 0 is unknown

	inFlight int
	waiting  classes
	queued   [3]int      // how many of each class wait for the budget, because the key limiter has room for them
	timer    *time.Timer // fires when it opens; nil if nobody waits for that

	// These are used if the limit is known.
	spent int       // sent in this window
	other int       // the part of spent that other members of a pool have sent
	end   time.Time // when the window ends at the latest; zero until a response has come
	tryAt time.Time // when it may end already; zero if that is not known

	backoff           // after it, one request at a time until one succeeds
	sentAt  time.Time // when a request was last sent
	first   time.Time // when the first success in this window came; the window began then at the latest

	share *recordShare // nil unless the members of a pool share the limit
}

// How many requests for one record may be in flight at once. If its limit is reached, all of them are refused, and
// refusals cost budget. So there are fewer for limitedFor after a refusal.
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

// room returns how many waiters an open key limiter lets go on to the queue for the budget: at least one.
func (k *keyLimiter) room(now time.Time) int {
	switch {
	case k.refusals > 0:
		return 1
	case k.limit > 0:
		return max(1, k.limit-k.spent)
	case !k.key.ofRecord():
		return math.MaxInt
	}
	return max(1, k.flight(now)-k.inFlight)
}

// queuedBefore returns how many of its waiters in the queue for the budget go before w.
func (k *keyLimiter) queuedBefore(w *waiter) (n int) {
	for _, queued := range k.queued[:w.request.class()+1] {
		n += queued
	}
	return n
}

// inUse reports whether a request is in flight or waits. The key limiter cannot be forgotten then.
func (k *keyLimiter) inUse() bool {
	return k.inFlight > 0 || k.waiting.len() > 0 || k.queued != [3]int{}
}

// opens returns when the key limiter, if any, lets the next request through. A time that is not after now means at once.
// ok is false if that depends on a response.
func (k *keyLimiter) opens(now time.Time) (at time.Time, ok bool) {
	if k == nil {
		return now, true
	}
	at, ok = k.opensAlone(now)
	if k.share.closed(now) {
		at = later(at, k.share.askAt)
		return at, ok && at.After(now)
	}
	return at, ok
}

// opensAlone is opens for a key limiter that is not shared, or that this member holds.
func (k *keyLimiter) opensAlone(now time.Time) (at time.Time, ok bool) {
	if k.until.After(now) {
		return k.until, true
	}
	if k.refusals > 0 && k.inFlight > 0 {
		// A probe that gets no response does not block others forever.
		if at := k.sentAt.Add(probePatience); at.After(now) {
			return at, true
		}
	}
	if k.limit == 0 {
		return now, k.inFlight < k.flight(now) || !k.key.ofRecord()
	}
	k.expire(now)
	switch {
	case k.spent < k.limit:
		return now, true
	case k.inFlight > 0 || k.end.IsZero():
		return time.Time{}, false
	}
	return k.renewal(now), true
}

// expire forgets a window that is over.
func (k *keyLimiter) expire(now time.Time) {
	if !k.end.IsZero() && !now.Before(k.end) && k.inFlight == 0 {
		k.spent, k.other, k.end, k.tryAt = 0, 0, time.Time{}, time.Time{}
	}
}

// renewal returns when the window of a known limit may end at the earliest.
func (k *keyLimiter) renewal(now time.Time) time.Time {
	switch {
	case !k.tryAt.IsZero():
		return k.tryAt
	case !k.end.IsZero():
		return k.end
	}
	return now // unknown, because no response has come
}

// at is opens without ok.
func (k *keyLimiter) at(now time.Time) time.Time {
	at, _ := k.opens(now)
	return at
}

// isOpen reports whether the key limiter lets the next request through.
func (k *keyLimiter) isOpen(now time.Time) bool {
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
	k.spent = max(k.spent-1, k.other) // its window may be over
}

// lose records that no response came. The request may have counted.
func (k *keyLimiter) lose(received time.Time) {
	k.inFlight--
	k.bound(received)
}

// bound sets the latest end of a window that is used up, if no response has shown when it began.
func (k *keyLimiter) bound(now time.Time) {
	if k.limit > 0 && k.spent >= k.limit && k.end.IsZero() {
		k.end = now.Add(windowLength)
	}
}

// leave records a response. wait is what the server asks for.
func (k *keyLimiter) leave(refused bool, wait time.Duration, b *budget, sent, received time.Time) {
	k.inFlight--
	if !refused {
		if k.refusals > 0 || received.Sub(k.first) >= windowLength {
			k.first = received
		}
		k.refusals = 0
		if k.limit > 0 && k.spent > k.limit {
			k.spent, k.other, k.end = 1, 0, time.Time{} // a new window has begun sooner than expected
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
	most := k.first.Add(windowLength).Sub(received)
	if most <= 0 {
		most = maxBackoff
	}
	k.refuse(wait, most, sent, received)
}

// idle reports whether a key limiter that is not in use has no state worth keeping.
func (k *keyLimiter) idle(now time.Time) bool {
	if k.until.After(now) || k.end.After(now) {
		return false
	}
	return k.refusals == 0 || now.Sub(k.until) >= windowLength // until then, the next refusal doubles the backoff
}
