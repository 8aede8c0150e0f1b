package ratelimit

import (
	"context"
	"fmt"
	"time"
)

// A WaitError reports that a request was not sent because it would have to wait too long.
type WaitError struct {
	// Wait is how long the request would have to wait at least. It is 0 if the wait is not known and the caller does not
	// wait at all.
	Wait time.Duration
	// Scope is the limit that the request waits for: the budget of the organisation, or the limit of one record,
	// customer or operation, or of searches. [ScopeUnknown] stands for a cap of the caller's own, such as [Config.MaxInFlight], and for a
	// refusal that does not say which limit was reached.
	Scope Scope

	reason string // why the request has to wait
}

// Error returns why the request has to wait and, if known, for how long.
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

// checkDeadline returns an error if w cannot be sent before its deadline, as far as is known.
func (l *Adaptive) checkDeadline(w *waiter, n ahead, now time.Time) error {
	if w.in == nil {
		return nil // its turn has come
	}
	if w.deadline.IsZero() { // the wait has no limit but longestWait
		if e := l.waitError(w, ahead{}, now); e.Wait > longestWait {
			return e
		}
		return nil
	}
	e := l.waitError(w, n, now)
	if p := l.pool; w.request.MaxWait < 0 && e.Wait == 0 && p.attached() && p.running != nil {
		p.impatient = true // the exchange decides
		return nil
	}
	if now.Add(e.Wait).After(w.deadline) || w.request.MaxWait < 0 {
		return e
	}
	return nil
}

// longestWait is the longest wait of a call without MaxWait and deadline.
const longestWait = time.Hour

// ahead is how many are ahead of a waiter: for the budget, and at its key limiter.
type ahead struct{ budget, key int }

// waitError returns how long w has to wait at least, and why.
func (l *Adaptive) waitError(w *waiter, n ahead, now time.Time) *WaitError {
	before := n.budget + n.key
	budget, key := l.budgetWait(before, now), max(w.keyWait(n.key, now), 0)
	e := &WaitError{Wait: max(budget, key), Scope: ScopeUnknown}
	switch c := l.config; {
	case key > budget || key == budget && w.atKey():
		e.Scope = ScopeObject
		if k := w.keyLimiter; key == 0 && k.limit == 0 && k.inFlight > 0 && !k.isOpen(now) {
			e.reason = fmt.Sprintf("%d requests for this %s are in flight; the next one is sent when one of them ends", k.inFlight, k.key.noun())
		}
	case budget == 0 && c.MaxInFlight > 0 && l.inFlight >= c.MaxInFlight:
		e.reason = fmt.Sprintf("%d requests are in flight, as many as MaxInFlight allows; the next one is sent when one of them ends", l.inFlight)
	case budget > 0 && l.rate.next(now, before).Equal(now.Add(budget)):
		e.reason = fmt.Sprintf("MaxRate allows %d requests in 60 seconds", c.MaxRate)
	case budget > 0 && l.refusals > 0 && l.until.Equal(now.Add(budget)):
		e.reason = "a request was refused, and the response does not say which limit it met"
	default:
		e.Scope = ScopeOrg
	}
	return e
}

// deadline returns when a request gives up; zero means never.
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

// expire rejects the waiters that can no longer be sent before their deadline.
func (l *Adaptive) expire(now time.Time) {
	for k := range l.keyLimiters.blocked {
		l.expireIn(&k.waiting, nil, now)
	}
	l.expireIn(&l.waiting, nil, now)
}

// expireAt is expire for the waiters of one key limiter.
func (l *Adaptive) expireAt(k *keyLimiter, now time.Time) {
	l.expireIn(&k.waiting, nil, now)
	l.expireIn(&l.waiting, k, now)
}

// expireIn is expire for some queues. If only is not nil, it checks only the waiters of that key limiter.
func (l *Adaptive) expireIn(c *classes, only *keyLimiter, now time.Time) {
	n := ahead{}
	for _, w := range c.all() {
		if only == nil || w.keyLimiter == only {
			if err := l.checkDeadline(w, n, now); err != nil {
				l.drop(w)
				l.release(w.keyLimiter, now)
				w.err = err
				close(w.ready)
				continue
			}
		}
		if c == &l.waiting {
			n.budget++
		} else {
			n.key++
		}
	}
}

// budgetWait returns how long the next request waits at least for the budget, MaxRate and an unclear refusal, if so many
// are ahead of it.
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

// atKey reports whether w waits at its key limiter, not for the budget.
func (w *waiter) atKey() bool { return w.keyLimiter != nil && w.in == &w.keyLimiter.waiting }

// keyWait returns how long w waits at least for its key limiter, if so many are ahead of it there.
func (w *waiter) keyWait(ahead int, now time.Time) time.Duration {
	k := w.keyLimiter
	wait := k.at(now).Sub(now)
	if !w.atKey() || k.limit == 0 {
		return wait
	}
	queued := k.queued[0] + k.queued[1] + k.queued[2]
	if ahead -= max(k.limit-k.spent-queued, 0); ahead < 0 {
		return wait
	}
	return max(wait, k.renewal(now).Sub(now)+time.Duration(ahead/k.limit)*windowLength)
}
