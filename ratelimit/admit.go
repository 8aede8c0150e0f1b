package ratelimit

import "time"

const (
	// probeEvery is the time between probes for the end of a window. A probe that comes too early is refused, so they are
	// rare.
	probeEvery = 11 * time.Second
	// probeEveryShared is the same if others use the budget too, because they send probes as well.
	probeEveryShared = 14 * time.Second
	// probePatience is how long the limiter waits for the response to a probe before it sends another one. If responses
	// are slow, it waits up to maxProbePatience.
	probePatience    = 2 * time.Second
	maxProbePatience = 30 * time.Second
	// firstProbes is how many requests that cannot wait may be in flight as probes.
	firstProbes = 8
)

// admission reports whether the organisation's budget and the caller's caps allow one more request. If not, it also
// returns when to ask again; zero means that it depends on a response.
func (l *Adaptive) admission(background bool, now time.Time) (ok bool, again time.Time) {
	if ok, again = l.free(now); !ok {
		return false, again
	}
	b := &l.budget
	switch {
	case !b.seen && b.noCounts:
		return true, time.Time{}
	case l.pool.attached() && (b.seen || b.missed == 0):
		return l.leased(background, now)
	case b.seen && !b.stale(now) && l.allowance(background, now) > l.inFlight:
		return true, time.Time{}
	}
	return l.look(background, now)
}

// look reports whether a request may be sent to find out what is left, although nothing is left as far as is known. If
// not, it also returns when to ask again.
func (l *Adaptive) look(background bool, now time.Time) (ok bool, again time.Time) {
	b := &l.budget
	if !b.seen || b.over(now) {
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
		return false, again // one of them may show what is left
	}
	return true, time.Time{}
}

// free is admission without the organisation's budget.
func (l *Adaptive) free(now time.Time) (ok bool, again time.Time) {
	if ok, again = l.capped(now); ok && l.refusals > 0 {
		return l.mayProbe(now)
	}
	return ok, again
}

// capped reports whether the caller's own caps, the backoff and the size of the budget allow one more request. If not,
// it also returns when to ask again; zero means that it depends on a response.
func (l *Adaptive) capped(now time.Time) (ok bool, again time.Time) {
	if n := l.config.MaxInFlight; n > 0 && l.inFlight >= n {
		return false, time.Time{}
	}
	// No window has more than its limit, whatever the counts say.
	if n := l.budget.limit; n > 0 && l.inFlight >= n-l.config.reserve(n) {
		return false, time.Time{}
	}
	if at := l.rate.next(now, 0); at.After(now) {
		return false, at
	}
	return !l.until.After(now), l.until
}

// allowance returns how many requests may be in flight: our share of what is left, because others send requests too.
func (l *Adaptive) allowance(background bool, now time.Time) int {
	b := &l.budget
	kept, _ := l.kept(background, now)
	left := b.left() - kept
	switch {
	case left > 0 && b.share > shared:
		return left
	case left > 0:
		// How many the others have in flight is not known, so only half of our share is used.
		return max(1, int(float64(left)*b.share/2))
	case b.remaining > kept && len(b.lost) > 0:
		return 1 // the last count may include some of the lost requests
	}
	return 0
}

// reserve returns how many requests of a window are left to others.
func (l *Adaptive) reserve() int { return l.config.reserve(l.budget.size()) }

// shared is a share of what was spent. If less than that is our own, others use the budget too.
const shared = 0.95

// mayProbe reports whether a probe may be sent now, and returns when the next one may. Until a count has come, each
// response without one doubles the number of probes in flight. If a probe gets no response, another one follows.
func (l *Adaptive) mayProbe(now time.Time) (bool, time.Time) {
	allowed := 1
	if b := &l.budget; !b.counted && !b.noCounts {
		allowed = 1 << min(b.missed, noCountsAfter)
	}
	next := l.probedAt.Add(l.probePatience())
	return l.probes < allowed || !next.After(now), next
}

// probePatience returns how long to wait for the response to a probe.
func (l *Adaptive) probePatience() time.Duration {
	return min(max(probePatience, l.latency*3/2), maxProbePatience)
}

// isProbe reports whether a request that is sent now is a probe: all others wait for its response.
func (l *Adaptive) isProbe(background bool, now time.Time) bool {
	b := &l.budget
	return l.refusals > 0 || !b.seen || b.stale(now) || b.over(now) && l.allowance(background, now) <= l.inFlight
}

// mayProbeToo reports whether a request that cannot wait any longer may be sent as one more probe.
func (l *Adaptive) mayProbeToo(background bool, k *keyLimiter, now time.Time) bool {
	if !k.isOpen(now) || l.refusals > 0 || l.probes >= firstProbes || !l.isProbe(background, now) {
		return false
	}
	ok, _ := l.capped(now)
	return ok
}

// shouldAsk reports whether to send a request that will be refused, because only a refusal has the reset. It is false if
// refusals have none. It is also false with a reserve, because then the budget is not used up.
func (l *Adaptive) shouldAsk() bool {
	b := &l.budget
	return !b.noReset && l.reserve() == 0
}

// nextProbe returns when to probe whether the window has ended. Probes are spread evenly over the time in which it may
// end.
func (b *budget) nextProbe() time.Time {
	rest, every := b.latest.Sub(b.earliest), probeEvery
	if b.share <= shared {
		every = probeEveryShared
	}
	at := b.earliest.Add(rest / max(1, (rest+every/2)/every))
	// If windows begin at full minutes, a probe at a full minute finds the new one at once.
	if minute, ok := b.clock.nextMinute(b.earliest); ok && minute.Before(at.Add(every)) {
		return minute
	}
	return at
}
