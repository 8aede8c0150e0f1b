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

// enqueueForBudget puts w into the queue for the budget: at its end, or at the place that w had there before.
func (l *Adaptive) enqueueForBudget(w *waiter) {
	if w.place == 0 {
		l.number++
		w.place = l.number
	}
	l.waiting.insert(w, (*waiter).byPlace)
	if w.keyLimiter != nil {
		w.keyLimiter.queued[w.request.class()]++
	}
}

// enqueueForKey puts w into the queue of its key limiter.
func (l *Adaptive) enqueueForKey(w *waiter) {
	w.keyLimiter.waiting.insert(w, (*waiter).byOrder)
	l.keyLimiters.blocked[w.keyLimiter] = struct{}{}
}

// open moves the waiters of a key limiter, if any, to the queue for the budget, as far as it has room for them. If it
// opens later, a timer calls open then.
func (l *Adaptive) open(k *keyLimiter, now time.Time) {
	if k == nil {
		return
	}
	l.seekRecord(k, now)
	for w := k.waiting.first(); w != nil; w = k.waiting.first() {
		at, ok := k.opens(now)
		switch {
		case ok && at.After(now):
			k.timer = l.after(at.Sub(now), k.timer, func(now time.Time) {
				l.open(k, now)
				l.dispatch(now)
			})
			return
		case !ok || k.queuedBefore(w) >= k.room(now):
			return // until a response comes, or one of its waiters leaves the queue for the budget
		}
		l.drop(w)
		l.enqueueForBudget(w)
	}
}

// dispatch gives permits to all waiters that may be sent now, and sets the timer for the next one.
func (l *Adaptive) dispatch(now time.Time) {
	for w := l.waiting.first(); w != nil; w = l.waiting.first() {
		k := w.keyLimiter
		if !k.isOpen(now) { // it has closed since w was moved here
			l.drop(w)
			l.enqueueForKey(w)
			l.open(k, now)
			continue
		}
		ok, again := l.admission(w.request.patient(), now)
		if !ok {
			if again.After(now) { // else it depends on a response
				l.timer = l.after(again.Sub(now), l.timer, l.dispatch)
			}
			return
		}
		l.drop(w)
		l.grant(w, now)
		l.open(k, now)
	}
}

// after calls f with the lock held once wait is over. It stops the timer that was set before, if any.
func (l *Adaptive) after(wait time.Duration, before *time.Timer, f func(now time.Time)) *time.Timer {
	if before != nil {
		before.Stop()
	}
	return time.AfterFunc(wait, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		f(time.Now())
	})
}

// drop takes w out of its queue.
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

// release is called when a request or a waiter of k, if any, has ended.
func (l *Adaptive) release(k *keyLimiter, now time.Time) {
	l.open(k, now)
	l.keyLimiters.trim(k, now)
}
