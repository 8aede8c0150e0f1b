package ratelimit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"
)

// A membership is what a limiter with a [Pool] needs for it. It is guarded by the limiter's lock.
type membership struct {
	pool     Pool
	name     string
	running  chan struct{} // closed when the exchange ends; nil if none is running
	closed   bool
	members  int       // at the last exchange
	detached bool      // it is closed, or the last exchange failed: the limiter works without the pool
	retryAt  time.Time // when it tries again
	tick     *time.Timer

	asked     time.Time // when the last report was made
	sent      [2]int    // since then: interactive and background requests
	out       int       // what the pool believes this member has: requests in flight and the lease
	wanted    bool      // the pool believes that requests wait
	impatient bool      // a request waits for the end of the exchange only

	lease
	records  map[*keyLimiter]struct{} // those that are shared
	reported []*keyLimiter            // those in the last report
}

const (
	// exchangePatience is how long the limiter waits for an exchange before it works without the pool.
	exchangePatience = 300 * time.Millisecond
	// closePatience is how long Close waits.
	closePatience = time.Second
	// detachedFor is how long it works without the pool at most before it tries again. It is half of that at least. So the
	// members do not come back all at once, which might be too much for the pool.
	detachedFor = 750 * time.Millisecond
	// heartbeat is the longest time between the reports of a member with a lease or requests in flight.
	heartbeat = time.Second
	// idleAfter is how long a lease may be unused before it is given back.
	idleAfter = 100 * time.Millisecond
)

// NewShared returns a limiter that shares the budget with limiters of other processes through a pool. A program that runs
// as one process uses [New].
//
// All members of the pool together keep to the budget, one of them looks for the end of a window for all, the reserves
// count once, and background requests give way to the interactive requests of all members. A limit of a record or
// customer counts once, as soon as a sixteenth of it is used or a request was refused. Members may have different
// configs: each leaves its own reserve.
//
// While the pool fails or is slow, the limiter works like one that [New] returns, and tries the pool again within a second.
// Requests sent meanwhile are counted by the responses only, so a few more may be refused. The same is true for a few
// seconds after the pool has lost its memory. [Snapshot.Members] is 0 while the limiter works without the pool.
//
// A pool grants nothing for 1.2 seconds if no member could reach it for 3 seconds, or if it has lost its memory. In this time,
// all members report. Those that worked without it go on so. In others, requests wait; those that must not wait may fail.
//
// A request that must not wait waits for one exchange, or 0.3 seconds if the pool hangs.
//
// Call [Adaptive.Close] in the end, or other members lack what this one has for 3 seconds. The error reports all invalid
// fields of c.
func NewShared(c Config, p Pool) (*Adaptive, error) {
	l, err := New(c)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errors.New("ratelimit: the pool is nil; use New for a limiter without a pool")
	}
	l.pool = &membership{pool: p, name: rand.Text(), records: make(map[*keyLimiter]struct{})}
	return l, nil
}

// Close gives back to the pool what the limiter has not used, and returns once no goroutine of the limiter is left. It
// fails if the pool fails, or does not respond before ctx is done or a second is over. Then the pool takes the rest back
// after 3 seconds, and Close may be called again. The limiter stays usable, but works without the pool from the first
// Close on. Without a pool, Close does nothing.
func (l *Adaptive) Close(ctx context.Context) error {
	p := l.pool
	if p == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, closePatience)
	defer cancel()
	l.mu.Lock()
	rejoining := !p.closed && p.detached
	p.closed = true
	if p.tick != nil {
		p.tick.Stop()
	}
	l.detach(time.Now())
	running := p.running
	l.mu.Unlock()
	if running != nil {
		select {
		case <-running:
		case <-ctx.Done():
			return fmt.Errorf("ratelimit: the pool does not respond: %w", ctx.Err())
		}
	}
	l.mu.Lock()
	unknown := p.asked.IsZero()
	r := l.report(time.Now())
	r.Interactive, r.Background, r.Probe, r.Rejoining = 0, 0, false, rejoining
	l.mu.Unlock()
	if unknown {
		return nil
	}
	failed := make(chan error, 1)
	go func() { // a pool may ignore ctx
		_, err := p.pool.Exchange(ctx, r)
		failed <- err
	}()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("ratelimit: the pool did not take the lease back: %w", err)
	}
	l.mu.Lock()
	p.asked = time.Time{}
	l.mu.Unlock()
	return nil
}

// attached reports whether the pool decides what may be sent.
func (p *membership) attached() bool { return p != nil && !p.detached }

// exchange starts an exchange, unless one is running.
func (l *Adaptive) exchange() {
	if p := l.pool; p.running == nil && !p.closed {
		p.running = make(chan struct{})
		go l.runExchange(p.running)
	}
}

// runExchange reports to the pool and applies the grant.
func (l *Adaptive) runExchange(running chan struct{}) {
	p := l.pool
	l.mu.Lock()
	asked := time.Now()
	r := l.report(asked)
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), exchangePatience)
	late := l.after(exchangePatience, nil, func(now time.Time) {
		if p.running == running {
			l.detach(now)
		}
	})
	g, err := p.pool.Exchange(ctx, r)
	late.Stop()
	cancel()

	l.mu.Lock()
	defer l.mu.Unlock()
	p.running = nil
	close(running)
	now := time.Now()
	failed := err != nil || now.Sub(asked) > exchangePatience || !g.plausible(&r) || g.Lease == 0 && l.hopeless(now)
	switch {
	case p.closed:
		if err == nil {
			p.asked = asked // so Close gives the lease back
		}
	case failed, r.Rejoining && g.Wait > 0: // with Wait, the others have not reported yet
		if r.Window.Moved && r.Window.Epoch == l.budget.epoch {
			l.budget.moved = true // for the next report
		}
		l.detach(now)
		if !failed {
			p.retryAt = now.Add(min(g.Wait, maxPollEvery))
		}
	default:
		p.detached, p.members = false, g.Members
		p.asked, p.sent, p.wanted = asked, [2]int{}, r.Interactive+r.Background > 0
		p.out = r.InFlight + r.Lease + g.Lease
		l.budget.adopt(&r, &g, asked, now)
		l.applyLease(&r, &g, now)
		l.applyRecords(&g, asked, now)
		l.dispatch(now)
		for k := range p.records {
			l.open(k, now)
		}
		if p.impatient && p.running == nil {
			p.impatient = false
			l.expire(now)
		}
	}
	l.watch(now)
}

// hopeless reports whether the pool has granted nothing for about a minute, although the window is over.
func (l *Adaptive) hopeless(now time.Time) bool {
	overdue, _ := l.look(false, now)
	return overdue && l.pool.polls >= hopelessPolls
}

// detach lets the limiter work without the pool for a while.
func (l *Adaptive) detach(now time.Time) {
	p := l.pool
	p.detached, p.retryAt = true, now.Add(detachedFor/2+mathrand.N(detachedFor/2))
	p.lease, p.impatient = lease{}, false
	l.budget.people.fleet = 0
	for k := range l.keyLimiters.blocked {
		l.open(k, now)
	}
	l.dispatch(now)
	l.expire(now)
	l.watch(now)
}

// watch reports to the pool once it is time, though no request asks for it.
func (l *Adaptive) watch(now time.Time) {
	p := l.pool
	if p.closed || p.running != nil {
		return
	}
	switch at := l.due(now); {
	case at.IsZero():
	case at.After(now):
		p.tick = l.after(at.Sub(now), p.tick, l.watch)
	default:
		l.exchange()
	}
}

// due returns when there is something to report, or a record to look at; zero is never.
func (l *Adaptive) due(now time.Time) (at time.Time) {
	p := l.pool
	if p.detached {
		if l.inFlight+l.waiting.len()+len(l.keyLimiters.blocked) > 0 {
			at = p.retryAt
		}
		return at
	}
	held := false
	for k := range p.records {
		if k.unneeded(now) {
			return now
		}
		held = held || k.share.held
	}
	switch {
	case l.returnable():
		at = later(p.usedAt, p.asked).Add(idleAfter)
	case held:
		at = now.Add(idleAfter)
	case l.inFlight == 0:
		return time.Time{}
	default:
		at = now.Add(heartbeat)
	}
	return earlier(at, p.asked.Add(heartbeat))
}

// returnable reports whether the pool believes that the member has more than it needs, if it is idle.
func (l *Adaptive) returnable() bool {
	p := l.pool
	return p.lease.all > 0 || p.out > l.inFlight+len(l.budget.lost) || p.wanted && l.waiting.len() == 0
}
