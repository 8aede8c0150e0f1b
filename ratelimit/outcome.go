package ratelimit

import (
	"net/http"
	"time"
)

// grant gives a waiter its permit.
func (l *Adaptive) grant(w *waiter, now time.Time) {
	r, k := w.request, w.keyLimiter
	p := &permit{l: l, keyLimiter: k, op: r.Op, at: now}
	if l.pool.attached() {
		p.probe = l.take(r.patient(), now)
	} else {
		p.probe = l.isProbe(r.patient(), now)
	}
	l.inFlight++
	if p.probe {
		l.probedAt = now
		l.probes++
	}
	if k != nil {
		k.enter()
		k.sentAt = now
		l.shareRecord(k, false)
	}
	if !r.patient() {
		l.budget.people.used++
	}
	l.rate.spend(now)
	w.permit = p
	if w.ready != nil {
		close(w.ready)
	}
}

// land records that the request is no longer in flight.
func (p *permit) land(now time.Time) {
	p.l.inFlight--
	if p.probe {
		p.l.probes--
	}
	if pool := p.l.pool; pool != nil {
		pool.usedAt = now
		if p.probe {
			pool.askAt = [2]time.Time{}
		}
	}
}

// leave records the result of a request.
func (l *Adaptive) leave(p *permit, r Result, now time.Time) {
	p.done = true
	p.land(now)
	sent, received := p.times(r, now)
	if r.Status == 0 {
		l.budget.lose(received)
		if p.keyLimiter != nil {
			p.keyLimiter.lose(received)
		}
		return
	}
	l.latency += (received.Sub(sent) - l.latency) / 4
	waited := l.budgetWait(0, now)
	epoch := l.budget.epoch
	v := l.budget.observe(r.Header, r.Status, p.keyLimiter != nil, sent, received)
	if l.pool.attached() {
		if l.budget.epoch > epoch {
			l.pool.askAt = [2]time.Time{}
			l.exchange() // the others wait for it
		}
	} else {
		l.budget.seeOthers(l.inFlight)
	}
	limited, api := r.Status == http.StatusTooManyRequests, ofAPI(r.Header, r.Status)
	ofKey := limited && v.scope == ScopeObject
	if ofKey && p.keyLimiter == nil {
		p.keyLimiter = l.keyLimiters.get(limitKey{operation, p.op}, 0, now)
		p.keyLimiter.enter()
	}
	switch {
	case !limited && api:
		l.refusals = 0
	case v.scope == ScopeOrg:
		l.until = later(l.until, received.Add(v.after))
	case limited && v.scope == ScopeUnknown:
		wait := v.after
		if !api {
			wait = min(wait, maxRefusedAhead) // one HTML page must not block everything for a day
		}
		l.refuse(wait, maxBackoff, sent, received)
	}
	switch {
	case p.keyLimiter == nil:
	case limited && !ofKey:
		p.keyLimiter.refund()
	case !api:
		p.keyLimiter.lose(received)
	default:
		p.keyLimiter.leave(ofKey, v.after, &l.budget, sent, received)
		l.shareRecord(p.keyLimiter, ofKey)
	}
	if limited {
		p.refusal = Refusal{v.scope, max(v.after, v.reset, l.budgetWait(0, now), p.keyLimiter.at(now).Sub(now))}
	}
	switch {
	case l.budgetWait(0, now) > waited: // else checking all waiters is not worth it
		l.expire(now)
	case ofKey:
		l.expireAt(p.keyLimiter, now)
	}
}

// Refusal implements [Refuser].
func (p *permit) Refusal() Refusal { return p.refusal }

// times returns when the request was sent and when its response came. Impossible times are replaced, because a time in
// the future would block all requests until then. The times are computed from now, because those of r may have no
// monotonic clock reading.
func (p *permit) times(r Result, now time.Time) (sent, received time.Time) {
	sent, received = p.at, now
	if ago := now.Sub(r.Received); ago >= 0 && ago <= now.Sub(p.at) {
		received = now.Add(-ago)
	}
	if ago := now.Sub(r.Sent); ago >= now.Sub(received) && ago <= now.Sub(p.at) {
		sent = now.Add(-ago)
	}
	return sent, received
}
