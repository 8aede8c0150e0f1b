package ratelimit

import (
	"net/http"
	"time"
)

// grant lets a request through.
func (l *Adaptive) grant(g *gate, now time.Time) *permit {
	p := &permit{l: l, gate: g, at: now, scout: l.looking(now)}
	l.inFlight++
	if p.scout {
		if l.scouts == 0 {
			l.scoutedAt = now
		}
		l.scouts++
	}
	if g != nil {
		g.enter()
	}
	l.rate.spend(now)
	return p
}

// looking reports whether a request that is let through now is one that looks.
func (l *Adaptive) looking(now time.Time) bool {
	b := &l.budget
	return l.strikes > 0 || !b.seen && !b.mute || b.over(now) && l.allowance() <= l.inFlight
}

// leave takes in what came of a request.
func (l *Adaptive) leave(p *permit, r Result, now time.Time) {
	p.once = true
	l.inFlight--
	if p.scout {
		l.scouts--
	}
	sent, received := p.times(r, now)
	if r.Status == 0 {
		l.budget.lose(received)
		if p.gate != nil {
			p.gate.lose(received)
		}
		return
	}
	waited := l.budgetWait(0, now)
	refusal := l.budget.observe(r.Header, r.Status, sent, received)
	limited := r.Status == http.StatusTooManyRequests
	ofGate := limited && !refusal && p.gate != nil && ReadBudget(r.Header, received).Remaining > 0
	var wait time.Duration
	if limited {
		wait, _ = RetryAfter(r.Header, received)
	}
	switch {
	case refusal:
		l.until = later(l.until, received.Add(wait))
	case limited && !ofGate:
		l.strikes++
		l.until = later(l.until, received.Add(max(wait, backoff(l.strikes))))
	case !limited:
		l.strikes = 0
	}
	if p.gate != nil {
		if limited && !ofGate {
			p.gate.giveBack()
		} else {
			p.gate.leave(ofGate, wait, &l.budget, received)
		}
	}
	// Looking through all that wait is worth it only when there is something new to tell them.
	if limited || l.budgetWait(0, now) > waited {
		l.expire(now)
	}
}

// times returns when the request left and when its answer came. What the caller says is taken for true only where it can
// be: a time to come would hold up everybody until then.
func (p *permit) times(r Result, now time.Time) (sent, received time.Time) {
	sent, received = r.Sent, r.Received
	if received.Before(p.at) || received.After(now) {
		received = now
	}
	if sent.Before(p.at) || sent.After(received) {
		sent = p.at
	}
	return sent, received
}
