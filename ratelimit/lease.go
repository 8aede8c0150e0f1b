package ratelimit

import (
	"math/rand/v2"
	"time"
)

// A lease is what the pool allows its member to send.
type lease struct {
	all, background int // background of all may be background requests
	probe           bool
	validUntil      time.Time
	usedAt          time.Time    // when a request was last sent or ended
	askAt           [2]time.Time // when interactive and background requests ask for more; zero is at once
	polls           int          // exchanges in a row without a lease
	turned          bool         // the last exchange showed a later window
}

const (
	// leaseValid is how long a lease may be used after it was asked for. The pool takes it back after 3 s.
	leaseValid = 2500 * time.Millisecond
	// leaseTime is in what time a lease is used up, about.
	leaseTime = 250 * time.Millisecond
	// pollEvery is the time between exchanges if others have what is missing. It doubles up to maxPollEvery.
	pollEvery    = 150 * time.Millisecond
	maxPollEvery = 2 * time.Second
	// When a window ends, members spread their exchanges over spreadPerMember for each member. Their polls are at least as
	// far apart. In a store, an exchange takes a tenth of that time.
	spreadPerMember = time.Millisecond
	// hopelessPolls is how many exchanges in a row may grant nothing.
	hopelessPolls = 32
)

// index returns the index of a class in arrays of interactive and background.
func index(background bool) int {
	if background {
		return 1
	}
	return 0
}

// usable reports whether the lease allows a request.
func (p *lease) usable(background bool, now time.Time) bool {
	n := p.all
	if background {
		n = p.background
	}
	return n > 0 && now.Before(p.validUntil)
}

// drop takes back what the lease still allows. When to ask for more stays as it is.
func (p *lease) drop() { p.all, p.background, p.probe = 0, 0, false }

// leased is admission by the pool. It asks for a lease if that is missing.
func (l *Adaptive) leased(background bool, now time.Time) (ok bool, again time.Time) {
	p := l.pool
	if p.usable(background, now) {
		kept, _ := l.kept(background, now)
		probe, _ := l.look(background, now)
		if p.probe && probe || l.budget.left()-kept > l.inFlight {
			return true, time.Time{}
		}
		// A response has shown that less is left than the pool knew.
		p.lease.drop()
		p.askAt[index(background)] = now.Add(pollEvery)
	}
	if at := p.askAt[index(background)]; at.After(now) {
		return false, at
	}
	l.exchange()
	return false, time.Time{}
}

// take uses the lease for a request, and reports whether that is a probe.
func (l *Adaptive) take(background bool, now time.Time) (probe bool) {
	p := l.pool
	p.usedAt = now
	p.sent[index(background)]++
	if p.lease.all == 0 {
		return l.isProbe(background, now) // a request that needs no lease
	}
	p.lease.all--
	if background {
		p.lease.background--
	}
	p.lease.background = min(p.lease.background, p.lease.all)
	probe, p.probe = p.probe, false
	return probe || l.refusals > 0
}

// report returns the state of the limiter for the pool.
func (l *Adaptive) report(now time.Time) Report {
	p, b := l.pool, &l.budget
	if !now.Before(p.validUntil) || now.Sub(p.usedAt) >= idleAfter {
		p.lease.drop()
	}
	b.dropLost(now)
	r := Report{
		Member: p.name, Window: b.window(now), Own: b.own, InFlight: l.inFlight + len(b.lost), Lease: p.lease.all,
		Probing: l.probes > 0 || p.probe, Patience: l.probePatience(), Rejoining: p.detached, People: b.people.used,
	}
	if !b.people.last.IsZero() {
		r.PeopleAgo, r.PeopleSince = max(now.Sub(b.people.last), 1), max(now.Sub(b.people.since), 1)
	}
	r.Reserve, r.ReserveBackground = l.reserved(false, now), l.reserved(true, now)
	if free, _ := l.free(now); free && l.waiting.len() > 0 {
		r.Interactive = l.wants(0, len(l.waiting[0])+len(l.waiting[1]), now)
		r.Background = l.wants(1, len(l.waiting[2]), now)
		r.Probe, _ = l.look(l.waiting.first().request.patient(), now)
	}
	r.Records = l.recordReports(now)
	b.moved = false
	return r
}

// reserved returns how many of the requests that are left the members leave to others. If others were seen, it is more
// than what is kept for them, as in allowance.
func (l *Adaptive) reserved(background bool, now time.Time) int {
	b := &l.budget
	kept, _ := l.kept(background, now)
	left, spent := b.remaining-kept, b.top-b.remaining
	if share := 1 - float64(b.others.seen)/float64(spent); left > 0 && spent >= tellingSpent && share <= shared {
		return b.remaining - max(1, int(float64(left)*share/2))
	}
	return kept
}

// wants returns how many requests of a class could be sent in leaseTime, if so many wait.
func (l *Adaptive) wants(class, waiting int, now time.Time) int {
	if waiting == 0 {
		return 0
	}
	if n := l.config.MaxInFlight; n > 0 {
		waiting = min(waiting, max(n-l.inFlight, 1))
	}
	since := max(now.Sub(l.pool.asked), leaseTime/2)
	return waiting + int(time.Duration(l.pool.sent[class])*leaseTime/since)
}

// applyLease adds what the pool has granted, and decides when to ask again.
func (l *Adaptive) applyLease(r *Report, g *Grant, now time.Time) {
	p := l.pool
	p.validUntil = p.asked.Add(leaseValid)
	p.askAt = [2]time.Time{}
	if g.Lease > 0 {
		p.lease.all, p.lease.background = p.lease.all+g.Lease, p.lease.background+g.Background
		p.probe = g.Probe
		p.usedAt, p.polls = now, 0
	}
	turned := r.Window.Epoch < g.Window.Epoch
	if turned && !p.turned {
		p.polls, p.turned = 0, true
		return // the report was about an earlier window, so the pool has granted nothing yet
	}
	p.turned = turned
	missing := false
	for class, n := range [2]int{r.Interactive, r.Background} {
		if n > 0 && !p.usable(class == 1, now) {
			p.askAt[class] = l.nextAsk(class == 1, g, now)
			missing = true
		}
	}
	if missing {
		p.polls++
	}
}

// nextAsk returns when to ask the pool again after it has granted nothing.
func (l *Adaptive) nextAsk(background bool, g *Grant, now time.Time) time.Time {
	if g.Wait > 0 {
		return now.Add(min(g.Wait, maxPollEvery))
	}
	p, b := l.pool, &l.budget
	spread := spreadPerMember * time.Duration(min(g.Members, int(maxPollEvery/spreadPerMember)))
	every := max(min(pollEvery<<min(p.polls, 4), maxPollEvery), spread)
	poll := now.Add(every*3/4 + rand.N(every/2))
	probe, at := l.look(background, now)
	if !probe && b.latest.After(now) {
		p.polls = min(p.polls, 4) // only those after the window's end may be hopeless
		poll = earlier(poll, b.latest.Add(rand.N(spread+1)))
	}
	switch {
	case probe, g.Busy, at.IsZero(), l.inFlight > 0:
		return poll // another member probes, or what it has may come back, or a response may show more
	case b.remaining-l.reserved(background, now) > l.inFlight:
		return poll // the report left too much to others, because it was made with an older count
	case at.Before(earlier(poll, b.latest)):
		return poll
	}
	p.polls = 0
	return earlier(at, b.latest).Add(rand.N(spread + 1))
}
