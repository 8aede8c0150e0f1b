package ratelimit

import (
	"net/http"
	"time"
)

// permitsAtOnce is how many permits are allocated together. None is used twice, so that one which is ended twice does no harm.
const permitsAtOnce = 10

// grant lets a request through.
func (l *Adaptive) grant(op string, g *gate, now moment) *permit {
	if len(l.permits) == 0 {
		l.permits = make([]permit, permitsAtOnce)
	}
	p := &l.permits[0]
	l.permits = l.permits[1:]
	*p = permit{l: l, gate: g, op: op, at: now, scout: l.looking(now), look: l.looks}
	l.inFlight++
	if p.scout {
		if l.scouts == 0 {
			l.scoutedAt = now
		}
		l.scouts++
	}
	if g != nil {
		g.enter()
		g.tried = now
	}
	l.rate.spend(now)
	return p
}

// stopLooking takes a request off those that look, if it is one of them.
func (p *permit) stopLooking() {
	if p.scout && p.look == p.l.looks {
		p.l.scouts--
	}
}

// looking reports whether a request that is let through now is one that looks.
func (l *Adaptive) looking(now moment) bool {
	b := &l.budget
	return l.strikes > 0 || !b.seen && !b.mute || b.stale(now) || b.over(now) && l.allowance() <= l.inFlight
}

// leave takes in what came of a request.
func (l *Adaptive) leave(p *permit, r Result, now moment) {
	p.once = true
	l.inFlight--
	p.stopLooking()
	sent, received := p.times(r, now)
	if r.Status == 0 {
		l.budget.lose(received)
		if p.gate != nil {
			p.gate.lose(received)
		}
		return
	}
	mute := l.budget.mute
	// Looking through all that wait is worth it only when there is something new to tell them.
	var waited time.Duration
	anybody := l.anybodyWaits()
	if anybody {
		waited = l.budgetWait(0, now)
	}
	refusal := l.budget.observe(r.Header, r.Status, sent, received)
	if l.budget.mute && !mute {
		l.looks++ // nobody waits any longer for those who look
		l.scouts = 0
	}
	limited := r.Status == http.StatusTooManyRequests
	ofGate := limited && !refusal && l.budget.roomLeft(r.Header, p.gate != nil)
	if ofGate && p.gate == nil {
		p.gate = l.gates.get(gateKey{operation, p.op}, 0, now)
		p.gate.enter()
	}
	var wait time.Duration
	if limited {
		wait, _ = RetryAfter(r.Header, l.epoch.time(received))
	}
	switch {
	case refusal:
		l.until = later(l.until, received.Add(wait))
	case limited && !ofGate:
		l.strike(wait, sent, received)
	case !limited:
		l.strikes = 0
	}
	if p.gate != nil {
		if limited && !ofGate {
			p.gate.giveBack()
		} else {
			p.gate.leave(ofGate, wait, &l.budget, sent, received)
		}
	}
	if anybody && (limited || l.budgetWait(0, now) > waited) {
		l.expire(now)
	}
}

// strike takes in a refusal of which nobody knows what for: it holds all back, twice as long each time. Those that were under
// way when the first one came say nothing new.
func (l *Adaptive) strike(wait time.Duration, sent, received moment) {
	if !sent.Before(l.struck) {
		l.strikes++
		l.struck = received
		wait = max(wait, backoff(l.strikes))
	}
	l.until = later(l.until, received.Add(wait))
}

// times returns when the request left and when its answer came. What the caller says is taken for true only where it can
// be: a time to come would hold up everybody until then.
func (p *permit) times(r Result, now moment) (sent, received moment) {
	sent, received = p.at, now
	if !r.Received.IsZero() {
		received = p.l.epoch.of(r.Received)
	}
	if !r.Sent.IsZero() {
		sent = p.l.epoch.of(r.Sent)
	}
	if received.Before(p.at) || received.After(now) {
		received = now
	}
	if sent.Before(p.at) || sent.After(received) {
		sent = p.at
	}
	return sent, received
}
