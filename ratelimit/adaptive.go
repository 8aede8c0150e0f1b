package ratelimit

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// Adaptive is a limiter for one process, or for one of several that share a [Pool]. It uses the whole budget of the
// organisation, less a reserve. It learns the budget from responses: it sends one probe, then as many requests as are
// left, and waits for the window to end when the budget is spent. It never has more requests in flight than the budget of
// a window, less the reserve. A refusal while budget is left blocks only the requests for that record, customer or
// operation, or only the searches.
//
// Requests wait in three queues, each in order of arrival: retries go first, then interactive requests, then background
// requests. Background requests also leave part of the budget to the others (see [Config]).
//
// An Adaptive is safe for concurrent use. Only one from [NewShared] needs Close. It keeps state for at most 10,000
// records, customers and operations, or for all that are in use if those are more. Its permits are [Refuser]s.
type Adaptive struct {
	config Config

	mu          sync.Mutex
	budget      budget
	inFlight    int
	waiting     classes
	number      int // the last order or place that a waiter was given
	keyLimiters keyLimiters

	probes   int           // probes in flight
	probedAt time.Time     // when the last probe was sent
	latency  time.Duration // average time until a response comes

	backoff // after refusals that do not say which limit they met
	rate    rateCap
	timer   *time.Timer // fires when a waiter may be sent
	pool    *membership // nil without a pool
}

// New returns a limiter. The error reports all invalid fields of c.
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
	done       bool

	refusal Refusal // what the response means, if its status is 429
}

// Acquire waits until the request may be sent: until budget is left, its record, customer or operation, or searches are not blocked,
// and the requests ahead of it have been sent. If the wait cannot end within r.MaxWait or before the deadline of ctx,
// Acquire fails at once with a [*WaitError]. While the budget is unknown, up to eight requests that cannot wait any
// longer are sent as probes.
func (l *Adaptive) Acquire(ctx context.Context, r Request) (Permit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w, err := l.join(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case w.ready == nil:
		return w.permit, nil
	}
	return l.wait(ctx, w)
}

// join puts a request into its queue. If it may be sent at once, the waiter has a permit, and its ready is nil.
func (l *Adaptive) join(ctx context.Context, r Request) (*waiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if !r.Background {
		l.budget.people.came(now)
	}
	l.number++
	w := &waiter{
		request: r, keyLimiter: l.keyLimiters.of(r, l.config, now), order: l.number,
		since: now, deadline: deadline(ctx, r, now),
	}
	n := l.enqueue(w, now)
	l.dispatch(now)
	if l.pool != nil && l.pool.detached {
		l.watch(now)
	}
	err := l.checkDeadline(w, n, now)
	switch {
	case err != nil && l.lastChance(w, now):
		err = nil
	case w.permit == nil:
		w.ready = make(chan struct{})
	}
	return w, err
}

// wait returns when the turn of w comes, its time is over or ctx is done.
func (l *Adaptive) wait(ctx context.Context, w *waiter) (Permit, error) {
	var over <-chan time.Time
	if d := w.request.MaxWait; d > 0 {
		t := time.NewTimer(time.Until(w.since.Add(d)))
		defer t.Stop()
		over = t.C
	}
	select {
	case <-w.ready:
	case <-ctx.Done():
	case <-over:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	switch err := ctx.Err(); {
	case w.permit != nil && err == nil:
		return w.permit, nil
	case w.permit != nil:
		w.permit.cancel(now)
		return nil, err
	case w.err != nil:
		return nil, cmp.Or(err, w.err)
	case err != nil:
		l.drop(w)
		l.release(w.keyLimiter, now)
		l.dispatch(now)
		return nil, err
	}
	return l.giveUp(w, now)
}

// giveUp ends the wait of w when its MaxWait is over.
func (l *Adaptive) giveUp(w *waiter, now time.Time) (Permit, error) {
	e := l.waitError(w, ahead{}, now)
	if l.lastChance(w, now) {
		return w.permit, nil
	}
	l.dispatch(now)
	e.Wait = max(e.Wait, now.Sub(w.since))
	return nil, e
}

// lastChance takes a waiter that cannot wait any longer out of its queue. It gives it a permit if only a probe in flight
// is in the way.
func (l *Adaptive) lastChance(w *waiter, now time.Time) bool {
	k := w.keyLimiter
	l.drop(w)
	if l.mayProbeToo(w.request.patient(), k, now) {
		l.grant(w, now)
	}
	l.release(k, now)
	return w.permit != nil
}

// Done records the result of the request, and gives permits to the waiters that may be sent now.
func (p *permit) Done(r Result) {
	l := p.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.done {
		return
	}
	now := time.Now()
	l.leave(p, r, now)
	l.release(p.keyLimiter, now)
	l.dispatch(now)
}

// cancel takes back a permit that was not used.
func (p *permit) cancel(now time.Time) {
	l, k := p.l, p.keyLimiter
	p.land(now)
	if l.pool.attached() && now.Before(l.pool.validUntil) {
		l.pool.lease.all++
	}
	if k != nil {
		k.refund()
	}
	l.rate.refund()
	l.release(k, now)
	l.dispatch(now)
}
