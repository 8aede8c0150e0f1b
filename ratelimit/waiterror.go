package ratelimit

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A WaitError says that a request was held back, because its wait would be too long.
type WaitError struct {
	// Wait is how long the request would wait, at least. It is 0 if the caller does not wait at all and the wait is not
	// known.
	Wait time.Duration
	// Scope says which limit held the request back: the budget of the organisation, or the limit of one record,
	// customer or operation. [ScopeUnknown] is a cap of the caller's own, such as [Config.MaxInFlight], or a refusal
	// that does not say which limit it met.
	Scope Scope

	reason string // what is in the way, and when that ends
}

// Error says what is in the way, and how long the wait would be if that is known.
func (e *WaitError) Error() string {
	what := "no request"
	if e.Scope == ScopeObject {
		what = "no request for this record, customer or operation"
	}
	switch {
	case e.Wait > 0 && e.reason != "":
		return fmt.Sprintf("ratelimit: %s may be sent for at least %s: %s", what, e.Wait.Round(time.Millisecond), e.reason)
	case e.Wait > 0:
		return fmt.Sprintf("ratelimit: %s may be sent for at least %s", what, e.Wait.Round(time.Millisecond))
	case e.reason != "":
		return "ratelimit: " + e.reason
	}
	return "ratelimit: " + what + " may be sent now, and it is not known when one may"
}

// checkDeadline returns an error if w cannot go before its deadline, as far as is known.
func (l *Adaptive) checkDeadline(w *waiter, n ahead, now time.Time) error {
	if w.in == nil {
		return nil // its turn has come
	}
	if w.deadline.IsZero() { // it waits without a limit, but not for longer than longestWait
		if e := l.waitError(w, ahead{}, now); e.Wait > longestWait {
			return e
		}
		return nil
	}
	e := l.waitError(w, n, now)
	if now.Add(e.Wait).After(w.deadline) || w.request.MaxWait < 0 {
		return e
	}
	return nil
}

// longestWait is the longest wait of a call without a limit. It fails at once if it would wait longer.
const longestWait = time.Hour

// ahead is how many are ahead of a waiter: for the budget, and at its key limiter.
type ahead struct{ budget, key int }

// waitError returns how long w waits at least, and for what.
func (l *Adaptive) waitError(w *waiter, n ahead, now time.Time) *WaitError {
	before := n.budget + n.key
	budget, held := l.budgetWait(before, now), max(w.held(n.key, now), 0)
	e := &WaitError{Wait: max(budget, held), Scope: ScopeUnknown}
	switch c := l.config; {
	case held > budget || held == budget && w.atKey():
		e.Scope = ScopeObject
		if k := w.keyLimiter; held == 0 && k.limit == 0 && !k.isOpen(now) {
			e.reason = fmt.Sprintf("%d requests for this %s are under way; the next one goes when one of them has ended", k.inFlight, k.key.noun())
		}
	case budget == 0 && c.MaxInFlight > 0 && l.inFlight >= c.MaxInFlight:
		e.reason = fmt.Sprintf("%d requests are in flight, as many as MaxInFlight allows; the next one goes when one of them has ended", l.inFlight)
	case budget > 0 && l.rate.next(now, before).Equal(now.Add(budget)):
		e.reason = fmt.Sprintf("MaxRate allows %d requests in 60 seconds", c.MaxRate)
	case budget > 0 && l.refusals > 0 && l.until.Equal(now.Add(budget)):
		e.reason = "a request was refused, and the response does not say which limit it met"
	default:
		e.Scope = ScopeOrg
	}
	return e
}

// deadline returns when a request gives up, or never.
func deadline(ctx context.Context, r Request, now time.Time) (end time.Time) {
	if deadline, ok := ctx.Deadline(); ok {
		end = now.Add(time.Until(deadline))
	}
	switch {
	case r.MaxWait < 0:
		return now
	case r.MaxWait > 0 && (end.IsZero() || now.Add(r.MaxWait).Before(end)):
		return now.Add(r.MaxWait)
	}
	return end
}

// expire rejects the waiters that cannot go before their deadline, now that more is known.
func (l *Adaptive) expire(now time.Time) {
	l.expireAmong(l.waiting.all(), func(n int) ahead { return ahead{budget: n} }, now)
	for k := range l.keyLimiters.blocked {
		l.expireAmong(k.waiting.all(), func(n int) ahead { return ahead{key: n} }, now)
	}
}

// expireAt is expire for the waiters of one key limiter.
func (l *Adaptive) expireAt(k *keyLimiter, now time.Time) {
	l.expireAmong(k.waiting.all(), func(n int) ahead { return ahead{key: n} }, now)
	queued := slices.DeleteFunc(l.waiting.all(), func(w *waiter) bool { return w.keyLimiter != k })
	l.expireAmong(queued, func(int) ahead { return ahead{} }, now)
}

func (l *Adaptive) expireAmong(waiters []*waiter, of func(n int) ahead, now time.Time) {
	n := 0
	for _, w := range waiters {
		if err := l.checkDeadline(w, of(n), now); err != nil {
			l.drop(w)
			l.release(w.keyLimiter, now)
			w.err = err
			close(w.ready)
		} else {
			n++
		}
	}
}

// budgetWait is how long the budget and the caller's own rate make the next request wait at least, with so many ahead
// of it.
func (l *Adaptive) budgetWait(ahead int, now time.Time) time.Duration {
	wait := max(l.until.Sub(now), l.rate.next(now, ahead).Sub(now), 0)
	b := &l.budget
	if !b.seen {
		return wait
	}
	ahead -= max(b.left()-l.reserve(), 0) // those go in this window
	if ahead < 0 {
		return wait
	}
	window := b.earliest.Sub(now) // less than 0 if the next one may have begun
	if perWindow := b.size() - l.reserve(); b.limit > 0 && perWindow > 0 {
		window += time.Duration(ahead/perWindow) * windowLength
	}
	return max(wait, window)
}

// atKey reports whether w waits for its record or customer, not for the budget.
func (w *waiter) atKey() bool { return w.keyLimiter != nil && w.in == &w.keyLimiter.waiting }

// held is how long the key limiter makes w wait at least, with so many ahead of it there.
func (w *waiter) held(ahead int, now time.Time) time.Duration {
	k := w.keyLimiter
	if k == nil {
		return 0
	}
	wait := k.at(now).Sub(now)
	if k.limit == 0 || !w.atKey() {
		return wait
	}
	queued := k.queued[0] + k.queued[1] + k.queued[2]
	if ahead -= max(k.limit-k.spent-queued, 0); ahead < 0 {
		return wait
	}
	return max(wait, k.renewal(now).Sub(now)+time.Duration(ahead/k.limit)*windowLength)
}
