package ratelimit

import "time"

const (
	// probeEvery is how often to look. Each look that comes too early is refused, so it is rare.
	probeEvery = 11 * time.Second
	// probeEveryShared is the same where others draw on the budget too: they look as well, each for itself.
	probeEveryShared = 14 * time.Second
	// probePatience is how long a request that looks may stay unanswered before another one follows. A server whose responses
	// take long is given more.
	probePatience    = 2 * time.Second
	maxProbePatience = 30 * time.Second
	// firstProbes is how many requests may look at once if they cannot wait for what one finds.
	firstProbes = 8
)

// nobodyAhead reports whether nobody waits for what the next request needs.
func (l *Adaptive) nobodyAhead(k *keyLimiter) bool {
	return l.waiting.len() == 0 && (k == nil || k.waiting.len() == 0)
}

// anybodyWaits reports whether a call waits for anything.
func (l *Adaptive) anybodyWaits() bool { return l.waiting.len() > 0 || len(l.keyLimiters.blocked) > 0 }

// enter reports whether the key limiter, if any, is open.
func (l *Adaptive) enter(k *keyLimiter, now moment) bool {
	if k == nil {
		return true
	}
	at, ok := k.opens(now)
	return ok && !at.After(now)
}

// admit reports whether the organisation's budget and the caller's caps let one more request through.
func (l *Adaptive) admit(background bool, now moment) bool {
	ok, _ := l.admission(background, now)
	return ok
}

// admission is admit, and when to ask again if it is false. A zero time is when a response comes.
func (l *Adaptive) admission(background bool, now moment) (ok bool, again moment) {
	if ok, again = l.capped(now); !ok {
		return false, again
	}
	if l.refusals > 0 {
		if ok, again = l.mayProbe(now); !ok {
			return false, again
		}
	}
	b := &l.budget
	switch {
	case !b.seen && b.noCounts:
		return true, never
	case !b.seen, b.stale(now):
		return l.mayProbe(now)
	case l.allowance(background, now) > l.inFlight:
		return true, never
	case b.over(now):
		return l.mayProbe(now)
	}
	again = b.latest
	if at, ok := l.released(background, now); ok {
		again = earlier(again, at)
	}
	if b.precise() {
		return false, again
	}
	at := now
	if b.left() > l.reserve() || !l.shouldAsk() {
		at = b.nextProbe()
	}
	switch {
	case at.After(now):
		return false, earlier(again, at)
	case l.inFlight > 0:
		return false, again // if none of them is answered until then
	}
	return true, never
}

// capped reports whether the caller's own caps, a hold of everybody and the size of the budget let one more request through,
// and when to ask again if they do not.
func (l *Adaptive) capped(now moment) (ok bool, again moment) {
	if n := l.config.MaxInFlight; n > 0 && l.inFlight >= n {
		return false, never
	}
	// Whatever else is believed: no window lets more through.
	if n := l.budget.limit; n > 0 && l.inFlight >= n-l.config.reserve(n) {
		return false, never
	}
	if at := l.rate.next(now, 0); at.After(now) {
		return false, at
	}
	return !l.until.After(now), l.until
}

// allowance is how many requests may be in flight: as many as are left, in our share, for others send too.
func (l *Adaptive) allowance(background bool, now moment) int {
	b := &l.budget
	kept, _ := l.kept(background, now)
	left := b.left() - kept
	switch {
	case left > 0 && b.share > shared:
		return left
	case left > 0:
		// What the others have in flight at this moment is not known, so half of that share has to do.
		return max(1, int(float64(left)*b.share/2))
	case b.remaining > kept && len(b.lost) > 0:
		return 1 // some of the responses without a count may be in the last count already
	}
	return 0
}

// reserve is how many requests of a window are left to others.
func (l *Adaptive) reserve() int { return l.config.reserve(l.budget.size()) }

// shared is the own part of what is spent below which others are taken to draw on the budget too.
const shared = 0.95

// mayProbe lets a request through that finds out whether there is a budget; the others wait for what it says. Before the
// first count each response without one lets twice as many look. One that is not answered is followed by another one.
func (l *Adaptive) mayProbe(now moment) (bool, moment) {
	allowed := 1
	if b := &l.budget; !b.counted && !b.noCounts {
		allowed = 1 << min(b.missed, noCountsAfter)
	}
	next := l.probedAt.Add(min(max(probePatience, l.latency*3/2), maxProbePatience))
	return l.probes < allowed || !next.After(now), next
}

// looking reports whether a request that is let through now is one that looks.
func (l *Adaptive) isProbe(background bool, now moment) bool {
	b := &l.budget
	return l.refusals > 0 || !b.seen || b.stale(now) || b.over(now) && l.allowance(background, now) <= l.inFlight
}

// mayProbeToo reports whether a request that can wait no longer may go although another one already looks whether there is a
// budget: that nobody knows yet is no reason to refuse it.
func (l *Adaptive) mayProbeToo(background bool, k *keyLimiter, now moment) bool {
	if !l.enter(k, now) || l.refusals > 0 || l.probes >= firstProbes || !l.isProbe(background, now) {
		return false
	}
	ok, _ := l.capped(now)
	return ok
}

// shouldAsk reports whether to be refused: a refusal is all that tells when the window ends, and where it does not tell, none
// is asked for again. With a reserve there is none, for the budget is never used up.
func (l *Adaptive) shouldAsk() bool {
	b := &l.budget
	return !b.noReset && l.reserve() == 0
}

// nextProbe returns when to look whether the window has ended. The looks are spread evenly over the time in which it may end.
func (b *budget) nextProbe() moment {
	rest, every := b.latest.Sub(b.earliest), probeEvery
	if b.share <= shared {
		every = probeEveryShared
	}
	at := b.earliest.Add(rest / max(1, (rest+every/2)/every))
	// If windows begin at full minutes, looking then finds out at once.
	if minute, ok := b.clock.nextMinute(b.earliest); ok && minute.Before(at.Add(every)) {
		return minute
	}
	return at
}
