package ratelimit

import "time"

// enqueue puts a waiter into its queue, and returns how many are ahead of it.
func (l *Adaptive) enqueue(w *waiter) ahead {
	n := ahead{budget: l.waiting.ahead(w)}
	if w.keyLimiter == nil {
		l.enqueueForBudget(w)
		return n
	}
	n.key = w.keyLimiter.waiting.ahead(w)
	l.enqueueForKey(w)
	l.yield(w)
	return n
}

// enqueueForBudget lets w wait for the budget: at the end, or at the place that it had before.
func (l *Adaptive) enqueueForBudget(w *waiter) {
	if w.place == 0 {
		l.places++
		w.place = l.places
	}
	l.waiting.insert(w, (*waiter).byPlace)
}

// enqueueForKey lets w wait at its key limiter.
func (l *Adaptive) enqueueForKey(w *waiter) {
	w.keyLimiter.waiting.insert(w, (*waiter).byOrder)
	l.keyLimiters.block(w.keyLimiter)
}

// yield makes room for w if its key limiter is full of requests that go after w and still wait for the budget: the
// youngest of them goes back behind w.
func (l *Adaptive) yield(w *waiter) {
	if w.keyLimiter.room(time.Now()) && !w.keyLimiter.probing() {
		return
	}
	last := w
	for _, other := range w.keyLimiter.passed {
		if other.goesAfter(last) {
			last = other
		}
	}
	if last != w {
		l.drop(last)
		l.enqueueForKey(last)
	}
}

// goesAfter reports whether w goes after other: it is in a later queue, or came later to the same one.
func (w *waiter) goesAfter(other *waiter) bool {
	if a, b := w.request.class(), other.request.class(); a != b {
		return a > b
	}
	return w.order > other.order
}

// dispatch lets all waiters go whose turn has come, and sets the timer for the next one.
func (l *Adaptive) dispatch(now time.Time) {
	if !l.anybodyWaits() {
		return
	}
	// Waiters whose key limiter is open wait for the budget, in the order in which they came to the key limiter.
	for k := l.keyLimiters.next(now); k != nil; k = l.keyLimiters.next(now) {
		l.open(k, now)
	}
	wake := l.keyLimiters.soonest()
	for l.waiting.len() > 0 {
		w := l.waiting.first()
		ok, again := l.admission(w.request.patient(), now)
		if !ok {
			wake = sooner(wake, again)
			break
		}
		l.drop(w)
		if l.enter(w.keyLimiter, now) {
			w.permit = l.grant(w.request, w.keyLimiter, now)
			w.ready <- nil
		} else { // it has closed in the meantime
			l.enqueueForKey(w)
		}
		if w.keyLimiter != nil { // the next one may pass it, now or later
			l.open(w.keyLimiter, now)
			wake = sooner(wake, l.keyLimiters.soonest())
		}
	}
	l.arm(wake, now)
}

// open lets waiters pass a key limiter as far as it is open, and sets a reminder for the others.
func (l *Adaptive) open(k *keyLimiter, now time.Time) {
	for k.waiting.len() > 0 {
		at, ok := k.opens(now)
		if !ok || k.probing() {
			return // until a response comes, or the one that has passed is sent
		}
		if at.After(now) {
			l.keyLimiters.remind(k, at)
			return
		}
		w := k.waiting.first()
		w.remove()
		w.pass() // its place behind the key limiter is kept while it waits for the budget
		l.enqueueForBudget(w)
	}
	l.keyLimiters.unblock(k)
}

// sooner returns the earlier of two moments, of which either may be never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// arm sets the timer. A timer that is no longer needed fires without effect.
func (l *Adaptive) arm(wake, now time.Time) {
	switch {
	case !wake.After(now): // never
	case l.timer == nil:
		l.timer = time.AfterFunc(wake.Sub(now), func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.dispatch(time.Now())
		})
	default:
		l.timer.Reset(wake.Sub(now))
	}
}

// drop takes a waiter out of its queue, and gives back its place behind the key limiter.
func (l *Adaptive) drop(w *waiter) {
	w.remove()
	k := w.keyLimiter
	if k != nil && k.waiting.len() == 0 {
		l.keyLimiters.unblock(k)
	}
	if !w.through {
		return
	}
	w.through = false
	k.refund()
	l.keyLimiters.changed(k)
	last := len(k.passed) - 1
	k.passed[w.passed] = k.passed[last]
	k.passed[w.passed].passed = w.passed
	k.passed[last] = nil
	k.passed = k.passed[:last]
}

// reject takes a waiter that will not be sent out of its queue.
func (l *Adaptive) reject(w *waiter, now time.Time) {
	l.drop(w)
	l.keyLimiters.trim(w.keyLimiter, now)
}

// pass takes a place behind the key limiter.
func (w *waiter) pass() {
	w.through = true
	w.keyLimiter.enter()
	w.passed = len(w.keyLimiter.passed)
	w.keyLimiter.passed = append(w.keyLimiter.passed, w)
}
