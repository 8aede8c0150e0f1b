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
	number      int // of the latest waiter, by its order or its place
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
	w, err := l.join(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case w.permit != nil:
		return w.permit, nil
	}
	return l.wait(ctx, w)
}

// join lets a request wait for its turn, which may come at once.
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
		since: now, deadline: deadline(ctx, r, now), ready: make(chan struct{}),
	}
	n := l.enqueue(w, now)
	l.dispatch(now)
	err := l.checkDeadline(w, n, now)
	if err != nil && l.lastChance(w, now) {
		err = nil
	}
	return w, err
}

// wait waits for w's turn.
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
	now, waits := time.Now(), w.in != nil
	switch err := ctx.Err(); {
	case err != nil && waits:
		l.drop(w)
		l.release(w.keyLimiter, now)
		l.dispatch(now)
		return nil, err
	case err != nil:
		if w.permit != nil {
			w.permit.cancel(now)
		}
		return nil, err
	case waits:
		return l.giveUp(w, now)
	case w.err != nil:
		return nil, w.err
	}
	return w.permit, nil
}

// giveUp ends the wait of w, because its time is over.
func (l *Adaptive) giveUp(w *waiter, now time.Time) (Permit, error) {
	e := l.waitError(w, ahead{}, now)
	if l.lastChance(w, now) {
		return w.permit, nil
	}
	l.dispatch(now)
	e.Wait = max(e.Wait, now.Sub(w.since))
	return nil, e
}

// lastChance takes a waiter that cannot wait any longer out of its queue. It lets the waiter go if only a probe in
// flight is in the way.
func (l *Adaptive) lastChance(w *waiter, now time.Time) bool {
	k := w.keyLimiter
	l.drop(w)
	if l.mayProbeToo(w.request.patient(), k, now) {
		w.permit = l.grant(w.request, k, now)
	}
	l.release(k, now)
	return w.permit != nil
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
	l.release(p.keyLimiter, now)
	l.dispatch(now)
}

// cancel gives the permit back unused.
func (p *permit) cancel(now time.Time) {
	l, k := p.l, p.keyLimiter
	p.land()
	if k != nil {
		k.refund()
	}
	l.rate.refund()
	l.release(k, now)
	l.dispatch(now)
}
