package ratelimit

import "time"

// enqueue puts a waiter into its queue, and returns how many are ahead of it.
func (l *Adaptive) enqueue(w *waiter, now time.Time) ahead {
	n := ahead{budget: l.waiting.ahead(w)}
	if w.keyLimiter == nil {
		l.enqueueForBudget(w)
		return n
	}
	n.key = w.keyLimiter.waiting.ahead(w)
	l.enqueueForKey(w)
	l.open(w.keyLimiter, now)
	return n
}

// enqueueForBudget lets w wait for the budget: at the end, or at the place that it had before.
func (l *Adaptive) enqueueForBudget(w *waiter) {
	if w.place == 0 {
		l.places++
		w.place = l.places
	}
	l.waiting.insert(w, (*waiter).byPlace)
	if w.keyLimiter != nil {
		w.keyLimiter.queued[w.request.class()]++
	}
}

// enqueueForKey lets w wait at its key limiter.
func (l *Adaptive) enqueueForKey(w *waiter) {
	w.keyLimiter.waiting.insert(w, (*waiter).byOrder)
	l.keyLimiters.blocked[w.keyLimiter] = struct{}{}
}

// open lets the waiters of a key limiter go on to wait for the budget, as far as it has room for them. If it opens later,
// a timer calls open again.
func (l *Adaptive) open(k *keyLimiter, now time.Time) {
	if k == nil {
		return
	}
	for w := k.waiting.first(); w != nil; w = k.waiting.first() {
		at, ok := k.opens(now)
		switch {
		case ok && at.After(now):
			l.openLater(k, at.Sub(now))
			return
		case !ok || k.queuedBefore(w) >= k.room(now):
			return // until a response comes, or one that waits for the budget has gone
		}
		l.drop(w)
		l.enqueueForBudget(w)
	}
}

// openLater calls open and dispatch in a while. If nobody waits for k then, this has no effect.
func (l *Adaptive) openLater(k *keyLimiter, wait time.Duration) {
	if k.timer != nil {
		k.timer.Reset(wait)
		return
	}
	k.timer = time.AfterFunc(wait, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		now := time.Now()
		l.open(k, now)
		l.dispatch(now)
	})
}

// dispatch lets all waiters go whose turn has come, and sets the timer for the next one.
func (l *Adaptive) dispatch(now time.Time) {
	for w := l.waiting.first(); w != nil; w = l.waiting.first() {
		k := w.keyLimiter
		if !k.isOpen(now) { // it has closed in the meantime
			l.drop(w)
			l.enqueueForKey(w)
			l.open(k, now)
			continue
		}
		ok, again := l.admission(w.request.patient(), now)
		if !ok {
			l.dispatchLater(again, now)
			return
		}
		l.drop(w)
		w.permit = l.grant(w.request, k, now)
		close(w.ready)
		l.open(k, now)
	}
}

// dispatchLater sets the timer, unless at is zero: then a response decides. A timer that is no longer needed fires
// without effect.
func (l *Adaptive) dispatchLater(at, now time.Time) {
	switch {
	case !at.After(now):
	case l.timer == nil:
		l.timer = time.AfterFunc(at.Sub(now), func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.dispatch(time.Now())
		})
	default:
		l.timer.Reset(at.Sub(now))
	}
}

// drop takes a waiter out of its queue.
func (l *Adaptive) drop(w *waiter) {
	k, queued := w.keyLimiter, w.in == &l.waiting
	w.remove()
	switch {
	case k == nil:
	case queued:
		k.queued[w.request.class()]--
	case k.waiting.len() == 0:
		delete(l.keyLimiters.blocked, k)
		if k.timer != nil {
			k.timer.Stop()
			k.timer = nil
		}
	}
}

// leaveQueue drops a waiter that will not be sent.
func (l *Adaptive) leaveQueue(w *waiter, now time.Time) {
	l.drop(w)
	l.open(w.keyLimiter, now)
	l.keyLimiters.trim(w.keyLimiter, now)
}
