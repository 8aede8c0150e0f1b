package ratelimit

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A WaitError says that a request was held back: the wait it would have taken is longer than it may be.
type WaitError struct {
	// Wait is how long it would have been, at the least. 0 where the caller does not wait at all and it is not known when a
	// request may be sent.
	Wait time.Duration
	// Scope says which limit held it back: the budget of the organisation, or the limit of one record, customer or operation.
	// [ScopeUnknown] is a cap of the caller's own, such as [Config.MaxInFlight], or a refusal for a reason that is not known.
	Scope Scope

	reason string // what is in the way, and when that ends
}

// Error says what is in the way, and how long the wait would have been if that is known.
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

// checkDeadline returns the error of a waiter that waits in vain, as far as is known.
func (l *Adaptive) checkDeadline(w *waiter, n ahead, now moment) error {
	if w.in == nil {
		return nil // its turn has come
	}
	if w.deadline.IsZero() { // it has time, but not for a server that is far off
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

// longestWait is the longest that a server is waited for by those who set no limit. What asks for more is told to them at once.
const longestWait = time.Hour

// ahead is how many go before a waiter: for the budget, and at its key limiter.
type ahead struct{ budget, key int }

// waitError says how long w waits at the least, and for what.
func (l *Adaptive) waitError(w *waiter, n ahead, now moment) *WaitError {
	before := n.budget + n.key
	budget, held := l.budgetWait(before, now), max(w.held(n.key, now), 0)
	e := &WaitError{Wait: max(budget, held), Scope: ScopeUnknown}
	switch c := l.config; {
	case held > budget || held == budget && w.atKey():
		e.Scope = ScopeObject
		if k := w.keyLimiter; held == 0 && k.limit == 0 && !k.room(now) {
			e.reason = fmt.Sprintf("%d requests for this %s are under way; the next one goes when one of them has ended", k.inFlight, k.key.noun())
		}
	case budget == 0 && c.MaxInFlight > 0 && l.inFlight >= c.MaxInFlight:
		e.reason = fmt.Sprintf("%d requests are in flight, as many as MaxInFlight allows; the next one goes when one of them has ended", l.inFlight)
	case budget > 0 && l.rate.next(now, before) == now.Add(budget):
		e.reason = fmt.Sprintf("MaxRate allows %d requests in 60 seconds", c.MaxRate)
	case budget > 0 && l.refusals > 0 && l.until == now.Add(budget):
		e.reason = "a request was refused, and the response does not say which limit it met"
	default:
		e.Scope = ScopeOrg
	}
	return e
}

// deadline returns when a request is no longer worth waiting for.
func (l *Adaptive) deadline(ctx context.Context, r Request, now moment) (end moment) {
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

// expire sends those away whose wait cannot end in time, now that more is known.
func (l *Adaptive) expire(now moment) {
	l.expireIn(&l.waiting, func(n int) ahead { return ahead{budget: n} }, now)
	for k := range l.keyLimiters.blocked {
		l.expireIn(&k.waiting, func(n int) ahead { return ahead{key: n} }, now)
	}
}

// expireAt is expire for those alone who wait for one key limiter, or have passed it and wait for the budget.
func (l *Adaptive) expireAt(k *keyLimiter, now moment) {
	l.expireIn(&k.waiting, func(n int) ahead { return ahead{key: n} }, now)
	for _, w := range slices.Clone(k.passed) {
		l.expireOne(w, ahead{}, now)
	}
}

func (l *Adaptive) expireIn(c *classes, of func(n int) ahead, now moment) {
	n := 0
	for i := range c {
		for w := c[i].first; w != nil; {
			next := w.next
			if !l.expireOne(w, of(n), now) {
				n++
			}
			w = next
		}
	}
}

// expireOne sends w away if its wait cannot end in time.
func (l *Adaptive) expireOne(w *waiter, n ahead, now moment) bool {
	err := l.checkDeadline(w, n, now)
	if err != nil {
		l.reject(w, now)
		w.ready <- err
	}
	return err != nil
}

// budgetWait is how long the budget and the caller's own cap make the next request wait at the least, with so many
// ahead of it.
func (l *Adaptive) budgetWait(ahead int, now moment) time.Duration {
	wait := max(l.until.Sub(now), l.rate.next(now, ahead).Sub(now), 0)
	b := &l.budget
	if !b.seen {
		return wait
	}
	ahead -= max(b.left()-l.reserve(), 0) // those go in this window
	if ahead < 0 {
		return wait
	}
	window := b.earliest.Sub(now) // less than 0 where the next one may have begun
	if perWindow := b.size() - l.reserve(); b.limit > 0 && perWindow > 0 {
		window += time.Duration(ahead/perWindow) * windowLength
	}
	return max(wait, window)
}

// atKey reports whether w waits for its record or customer, not for the budget.
func (w *waiter) atKey() bool { return w.keyLimiter != nil && !w.through }

// held is how long its key limiter makes w wait at the least, with so many ahead of it there.
func (w *waiter) held(ahead int, now moment) time.Duration {
	if w.keyLimiter == nil {
		return 0
	}
	k := w.keyLimiter
	wait := k.at(now).Sub(now)
	if k.limit == 0 {
		return wait
	}
	if ahead -= max(k.limit-k.spent, 0); ahead < 0 || w.through {
		return wait
	}
	return max(wait, k.renewal(now).Sub(now)+time.Duration(ahead/k.limit)*windowLength)
}
