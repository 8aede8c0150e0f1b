package ratelimit

import (
	"context"
	"fmt"
	"time"
)

// A WaitError says that a request was held back: the wait it would have taken is longer than it may be.
type WaitError struct {
	// Wait is how long it would have been, at the least. 0 where the caller does not wait at all and nobody knows.
	Wait time.Duration
	// Object says that it is the limit of one record or customer, not of the organisation.
	Object bool
}

// Error says how long the wait would have been.
func (e *WaitError) Error() string {
	what := "the organisation's budget"
	if e.Object {
		what = "the limit of this record or customer"
	}
	return fmt.Sprintf("ratelimit: not sent: %s asks for a wait of %s or more", what, e.Wait.Round(time.Millisecond))
}

// hopeless returns the error of a waiter that waits in vain, as far as is known.
func (l *Adaptive) hopeless(w *waiter, ahead int, now time.Time) error {
	if w.in == nil || w.give.IsZero() {
		return nil // its turn has come, or it has time
	}
	e := l.waitError(w, ahead, now)
	if now.Add(e.Wait).After(w.give) || w.request.MaxWait < 0 {
		return e
	}
	return nil
}

// waitError says how long w waits at the least, and for what.
func (l *Adaptive) waitError(w *waiter, ahead int, now time.Time) *WaitError {
	budget, held := l.budgetWait(ahead, now), max(w.held(now), 0)
	return &WaitError{Wait: max(budget, held), Object: held > budget || held == budget && w.atGate()}
}

// giveUp returns when a request is no longer worth waiting for.
func giveUp(ctx context.Context, r Request, now time.Time) time.Time {
	end, _ := ctx.Deadline()
	switch {
	case r.MaxWait < 0:
		return now
	case r.MaxWait > 0 && (end.IsZero() || now.Add(r.MaxWait).Before(end)):
		return now.Add(r.MaxWait)
	}
	return end
}

// expire sends those away whose wait cannot end in time, now that more is known.
func (l *Adaptive) expire(now time.Time) {
	ahead := 0
	for i := range l.waiting {
		ahead = l.expireIn(&l.waiting[i], ahead, now)
	}
	for g := range l.gates.blocked {
		ahead := 0
		for i := range g.waiting {
			ahead = l.expireIn(&g.waiting[i], ahead, now)
		}
	}
}

func (l *Adaptive) expireIn(q *queue, ahead int, now time.Time) int {
	for w := q.first; w != nil; {
		next := w.next
		if err := l.hopeless(w, ahead, now); err != nil {
			l.drop(w)
			w.ready <- err
		} else {
			ahead++
		}
		w = next
	}
	return ahead
}

// budgetWait is how long the budget and the caller's own cap make the next request wait at the least, with so many
// ahead of it.
func (l *Adaptive) budgetWait(ahead int, now time.Time) time.Duration {
	wait := max(l.until.Sub(now), l.rate.next(now, ahead).Sub(now), 0)
	b := &l.budget
	if !b.seen || b.left() > l.config.reserve(b.limit) {
		return wait
	}
	window := b.earliest.Sub(now) // less than 0 where the next one may have begun
	if perWindow := b.limit - l.config.reserve(b.limit); perWindow > 0 {
		window += time.Duration(ahead/perWindow) * windowLength
	}
	return max(wait, window)
}

// atGate reports whether w waits for its record or customer, not for the budget.
func (w *waiter) atGate() bool { return w.gate != nil && !w.through }

// held is how long its gate makes w wait at the least.
func (w *waiter) held(now time.Time) time.Duration {
	if w.gate == nil {
		return 0
	}
	return w.gate.at(now).Sub(now)
}
