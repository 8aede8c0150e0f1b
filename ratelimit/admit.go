package ratelimit

import "time"

const (
	// probeEvery is the time between probes. Each probe that comes too early is refused, so probes are rare.
	probeEvery = 11 * time.Second
	// probeEveryShared is the same where others draw on the budget too, because they probe as well.
	probeEveryShared = 14 * time.Second
	// probePatience is how long a probe may stay without a response before another one follows. Slow servers are given
	// more time.
	probePatience    = 2 * time.Second
	maxProbePatience = 30 * time.Second
	// firstProbes is how many requests may probe at once if they cannot wait.
	firstProbes = 8
)

// admission reports whether the organisation's budget and the caller's caps let one more request through. If not, it
// also returns when to ask again; zero means when a response comes.
func (l *Adaptive) admission(background bool, now time.Time) (ok bool, again time.Time) {
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
		return true, time.Time{}
	case !b.seen, b.stale(now):
		return l.mayProbe(now)
	case l.allowance(background, now) > l.inFlight:
		return true, time.Time{}
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
	return true, time.Time{}
}

// capped reports whether the caller's own caps, a hold of all requests and the size of the budget let one more request
// through, and when to ask again if they do not.
func (l *Adaptive) capped(now time.Time) (ok bool, again time.Time) {
	if n := l.config.MaxInFlight; n > 0 && l.inFlight >= n {
		return false, time.Time{}
	}
	// No window lets more through, whatever the counts say.
	if n := l.budget.limit; n > 0 && l.inFlight >= n-l.config.reserve(n) {
		return false, time.Time{}
	}
	if at := l.rate.next(now, 0); at.After(now) {
		return false, at
	}
	return !l.until.After(now), l.until
}

// allowance is how many requests may be in flight: our share of what is left, because others send too.
func (l *Adaptive) allowance(background bool, now time.Time) int {
	b := &l.budget
	kept, _ := l.kept(background, now)
	left := b.left() - kept
	switch {
	case left > 0 && b.share > shared:
		return left
	case left > 0:
		// What the others have in flight is not known, so half of that share is used.
		return max(1, int(float64(left)*b.share/2))
	case b.remaining > kept && len(b.lost) > 0:
		return 1 // the last count may include some of the responses without a count
	}
	return 0
}

// reserve is how many requests of a window are left to others.
func (l *Adaptive) reserve() int { return l.config.reserve(l.budget.size()) }

// shared is the part of what is spent. If less than that is our own, others draw on the budget too.
const shared = 0.95

// mayProbe reports whether a probe may be sent, and when the next one may. The others wait for its response. Before the
// first count, each response without one doubles the number of probes. A probe without a response is followed by
// another one.
func (l *Adaptive) mayProbe(now time.Time) (bool, time.Time) {
	allowed := 1
	if b := &l.budget; !b.counted && !b.noCounts {
		allowed = 1 << min(b.missed, noCountsAfter)
	}
	next := l.probedAt.Add(min(max(probePatience, l.latency*3/2), maxProbePatience))
	return l.probes < allowed || !next.After(now), next
}

// isProbe reports whether a request that is let through now is a probe.
func (l *Adaptive) isProbe(background bool, now time.Time) bool {
	b := &l.budget
	return l.refusals > 0 || !b.seen || b.stale(now) || b.over(now) && l.allowance(background, now) <= l.inFlight
}

// mayProbeToo reports whether a request that cannot wait any longer may go as one more probe.
func (l *Adaptive) mayProbeToo(background bool, k *keyLimiter, now time.Time) bool {
	if !k.isOpen(now) || l.refusals > 0 || l.probes >= firstProbes || !l.isProbe(background, now) {
		return false
	}
	ok, _ := l.capped(now)
	return ok
}

// shouldAsk reports whether to send a request that will be refused. Only a refusal says when the window ends. If
// refusals do not say it, none is asked for. With a reserve none is either, because the budget is never used up.
func (l *Adaptive) shouldAsk() bool {
	b := &l.budget
	return !b.noReset && l.reserve() == 0
}

// nextProbe returns when to probe whether the window has ended. The probes are spread evenly over the time in which it
// may end.
func (b *budget) nextProbe() time.Time {
	rest, every := b.latest.Sub(b.earliest), probeEvery
	if b.share <= shared {
		every = probeEveryShared
	}
	at := b.earliest.Add(rest / max(1, (rest+every/2)/every))
	// If windows begin at full minutes, a probe then finds out at once.
	if minute, ok := b.clock.nextMinute(b.earliest); ok && minute.Before(at.Add(every)) {
		return minute
	}
	return at
}
