package ratelimit

import "time"

// line puts a waiter into the queue that it belongs to, and returns how many are ahead of it.
func (l *Adaptive) line(w *waiter) ahead {
	n := ahead{budget: l.waiting.ahead(w)}
	if w.gate == nil {
		l.queue(w)
		return n
	}
	n.gate = w.gate.waiting.ahead(w)
	l.hold(w)
	l.letPass(w)
	return n
}

// queue lets w wait for the budget: at the end, or at the place that it had before.
func (l *Adaptive) queue(w *waiter) {
	if w.place == 0 {
		l.places++
		w.place = l.places
	}
	l.waiting.insert(w, (*waiter).byPlace)
}

// hold lets w wait at its gate.
func (l *Adaptive) hold(w *waiter) {
	w.gate.waiting.insert(w, (*waiter).byOrder)
	l.gates.block(w.gate)
}

// letPass makes room for a waiter whose gate is full of requests that go after it and still wait for the budget: the
// youngest of them goes back behind it.
func (l *Adaptive) letPass(w *waiter) {
	if w.gate.room(l.epoch.now()) && !w.gate.tries() {
		return
	}
	last := w
	for _, other := range w.gate.passed {
		if other.goesAfter(last) {
			last = other
		}
	}
	if last != w {
		l.drop(last)
		l.hold(last)
	}
}

// goesAfter reports whether w goes after other: in a later queue, or having come later to the same one.
func (w *waiter) goesAfter(other *waiter) bool {
	if a, b := w.request.class(), other.request.class(); a != b {
		return a > b
	}
	return w.order > other.order
}

// dispatch lets all go on whose turn has come, and sets the timer for the next one.
func (l *Adaptive) dispatch(now moment) {
	if !l.anybodyWaits() {
		return
	}
	// Those whose gate is open stand in line for the budget, in the order in which they came to the gate.
	for g := l.gates.next(now); g != nil; g = l.gates.next(now) {
		l.open(g, now)
	}
	wake := l.gates.soonest()
	for l.waiting.len() > 0 {
		w := l.waiting.first()
		ok, again := l.admission(w.request.patient(), now)
		if !ok {
			wake = sooner(wake, again)
			break
		}
		l.drop(w)
		if l.enter(w.gate, now) {
			w.permit = l.grant(w.request, w.gate, now)
			w.ready <- nil
		} else { // it has closed meanwhile
			l.hold(w)
		}
		if w.gate != nil { // the next one may pass it, now or later
			l.open(w.gate, now)
			wake = sooner(wake, l.gates.soonest())
		}
	}
	l.arm(wake, now)
}

// open lets those through who wait for a gate, as far as it is open, and sees to it that the others are thought of in time.
func (l *Adaptive) open(g *gate, now moment) {
	for g.waiting.len() > 0 {
		at, ok := g.opens(now)
		if !ok || g.tries() {
			return // until a response comes, or the one that has passed is sent
		}
		if at.After(now) {
			l.gates.remind(g, at)
			return
		}
		w := g.waiting.first()
		w.remove()
		w.pass() // its place behind the gate is kept while it waits for the budget
		l.queue(w)
	}
	l.gates.unblock(g)
}

// sooner returns the earlier of two moments, of which either may be never.
func sooner(a, b moment) moment {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// arm sets the timer. One that has become useless is left to fire in vain.
func (l *Adaptive) arm(wake, now moment) {
	switch {
	case !wake.After(now): // never
	case l.timer == nil:
		l.timer = time.AfterFunc(wake.Sub(now), func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.dispatch(l.epoch.now())
		})
	default:
		l.timer.Reset(wake.Sub(now))
	}
}

// drop takes a waiter out of its queue, and gives back its place behind the gate.
func (l *Adaptive) drop(w *waiter) {
	w.remove()
	g := w.gate
	if g != nil && g.waiting.len() == 0 {
		l.gates.unblock(g)
	}
	if !w.through {
		return
	}
	w.through = false
	g.giveBack()
	l.gates.changed(g)
	last := len(g.passed) - 1
	g.passed[w.passed] = g.passed[last]
	g.passed[w.passed].passed = w.passed
	g.passed[last] = nil
	g.passed = g.passed[:last]
}

// sendAway takes a waiter out of its queue that will not be sent.
func (l *Adaptive) sendAway(w *waiter, now moment) {
	l.drop(w)
	l.gates.trim(w.gate, now)
}

// pass takes a place behind the gate.
func (w *waiter) pass() {
	w.through = true
	w.gate.enter()
	w.passed = len(w.gate.passed)
	w.gate.passed = append(w.gate.passed, w)
}
