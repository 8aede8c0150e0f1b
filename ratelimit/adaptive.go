package ratelimit

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Adaptive is a limiter for one process. It uses the whole budget of the organisation, less a reserve. It learns the
// budget from responses: it sends one probe, then as many requests as are left, and waits for the window to end when
// the budget is spent. It never has more requests in flight than a window has, less the reserve. A refusal with room
// left in the budget holds back only the requests for that record, customer or operation.
//
// Requests wait in three queues, each in order of arrival: retries go first, then interactive requests, then those in
// the background. Requests in the background also leave part of the budget to the others (see [Config]).
//
// An Adaptive is safe for concurrent use and runs no goroutine of its own. It keeps state for at most 10,000 records,
// or for as many as are in use if they are more. Its permits are [Refuser]s.
type Adaptive struct {
	config Config

	mu          sync.Mutex
	budget      budget
	inFlight    int
	waiting     classes
	order       int // of the next waiter
	places      int // that were given in the budget's queue
	keyLimiters keyLimiters

	probes   int           // probes in flight
	probedAt time.Time     // when the last of them left
	latency  time.Duration // of responses, on average

	// Refusals that do not say which limit they met.
	until     time.Time
	refusals  int
	refusedAt time.Time // when the last one came

	rate  rateCap
	timer *time.Timer // fires when a waiter may go on
}

// New returns a limiter. The error reports all problems of c.
func New(c Config) (*Adaptive, error) {
	c = c.complete()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("ratelimit: %w", err)
	}
	return &Adaptive{config: c, budget: newBudget(), keyLimiters: newKeyLimiters(), rate: rateCap{perWindow: c.MaxRate}}, nil
}

// permit is the permit of Adaptive.
type permit struct {
	l          *Adaptive
	keyLimiter *keyLimiter
	op         string
	at         time.Time // when it was given
	probe      bool
	once       bool

	refusal Refusal // what the response means, if it refuses
}

// Acquire waits until the request may be sent: until there is a budget, its record is not held back after a refusal,
// and those ahead of it have gone. A wait that cannot end within r.MaxWait or the deadline of ctx fails at once, with a
// [*WaitError]. As long as the budget is unknown, up to eight requests that cannot wait any longer are sent all the
// same.
func (l *Adaptive) Acquire(ctx context.Context, r Request) (Permit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	now := time.Now()
	k := l.keyLimiters.of(r, l.config, now)
	if !r.Background {
		l.budget.people.came(now)
	}
	if l.nobodyAhead(k) && l.enter(k, now) && l.admit(r.patient(), now) {
		p := l.grant(r, k, now)
		l.mu.Unlock()
		return p, nil
	}
	w := &waiter{request: r, keyLimiter: k, since: now, ready: make(chan error, 1), deadline: l.deadline(ctx, r, now), order: l.order}
	l.order++
	n := l.enqueue(w)
	l.dispatch(now)
	err := l.checkDeadline(w, n, now)
	var p Permit
	if err != nil {
		p = l.lastChance(w, now)
	}
	l.mu.Unlock()
	switch {
	case p != nil:
		return p, nil
	case err != nil:
		return nil, err
	}
	return l.wait(ctx, w)
}

// wait waits for w's turn.
func (l *Adaptive) wait(ctx context.Context, w *waiter) (Permit, error) {
	var over <-chan time.Time
	if d := w.request.MaxWait; d > 0 {
		t := time.NewTimer(w.since.Add(d).Sub(time.Now()))
		defer t.Stop()
		over = t.C
	}
	var come bool
	var err error
	select {
	case err = <-w.ready:
		come = true
	case <-ctx.Done():
	case <-over:
	}
	cause := ctx.Err()
	if come && cause == nil {
		return w.turn(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !come {
		select {
		case err = <-w.ready: // at the same time.Time
			come = true
		default:
		}
	}
	if come {
		if cause == nil {
			return w.turn(err)
		}
		if err == nil {
			w.permit.cancel(time.Now())
		}
		return nil, cause
	}
	now := time.Now()
	if cause == nil {
		e := l.waitError(w, ahead{}, now)
		if p := l.lastChance(w, now); p != nil {
			return p, nil
		}
		e.Wait = max(e.Wait, now.Sub(w.since))
		cause = e
	} else {
		l.reject(w, now)
	}
	l.dispatch(now)
	return nil, cause
}

// lastChance takes a waiter that cannot wait any longer out of its queue. It lets the waiter go if only a probe in
// flight is in the way.
func (l *Adaptive) lastChance(w *waiter, now time.Time) Permit {
	l.drop(w)
	if !l.mayProbeToo(w.request.patient(), w.keyLimiter, now) {
		l.keyLimiters.trim(w.keyLimiter, now)
		return nil
	}
	return l.grant(w.request, w.keyLimiter, now)
}

func (w *waiter) turn(err error) (Permit, error) {
	if err != nil {
		return nil, err
	}
	return w.permit, nil
}

// Done records the result of the request and lets others go on.
func (p *permit) Done(r Result) {
	l := p.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.once {
		return
	}
	now := time.Now()
	l.leave(p, r, now)
	if p.keyLimiter != nil {
		l.keyLimiters.changed(p.keyLimiter)
		l.keyLimiters.trim(p.keyLimiter, now)
	}
	l.dispatch(now)
}

// cancel gives the permit back unused.
func (p *permit) cancel(now time.Time) {
	p.l.inFlight--
	p.endProbe()
	if p.keyLimiter != nil {
		p.keyLimiter.refund()
		p.l.keyLimiters.changed(p.keyLimiter)
		p.l.keyLimiters.trim(p.keyLimiter, now)
	}
	p.l.rate.refund()
	p.l.dispatch(now)
}
