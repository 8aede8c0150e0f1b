package ratelimit_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A testPool is a pool that fails if told so, and counts the exchanges.
type testPool struct {
	*ratelimit.MemoryPool
	mu        sync.Mutex
	exchanges int
	err       error
	flaky     *rand.Rand    // if not nil, some exchanges fail, and the pool loses its memory at times
	lease     int           // if not 0, granted instead of the pool's
	hang      chan struct{} // if not nil, exchanges wait until it is closed, whatever the context says
}

func newTestPool() *testPool { return &testPool{MemoryPool: ratelimit.NewMemoryPool(nil)} }

func (p *testPool) set(err error, hang chan struct{}, lease int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err, p.hang, p.lease = err, hang, lease
}

// mend ends the failures.
func (p *testPool) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flaky, p.err = nil, nil
}

func (p *testPool) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.exchanges
}

func (p *testPool) Exchange(ctx context.Context, r ratelimit.Report) (ratelimit.Grant, error) {
	p.mu.Lock()
	p.exchanges++
	if p.flaky != nil {
		p.err = nil
		switch p.flaky.IntN(20) {
		case 0, 1, 2:
			p.err = errors.New("connection reset")
		case 3:
			p.MemoryPool = ratelimit.NewMemoryPool(nil)
		}
	}
	pool, err, hang, lease := p.MemoryPool, p.err, p.hang, p.lease
	p.mu.Unlock()
	if _, ok := ctx.Deadline(); !ok {
		return ratelimit.Grant{}, errors.New("the context has no deadline")
	}
	if hang != nil {
		<-hang
	}
	if err != nil {
		return ratelimit.Grant{}, err
	}
	if err := r.Validate(); err != nil {
		panic(err) // no limiter makes such a report
	}
	g, err := pool.Exchange(ctx, r)
	if lease != 0 {
		g.Lease = lease
	}
	return g, err
}

// join returns a member of a pool, which is closed at the end of the test.
func join(t *testing.T, p ratelimit.Pool, c ratelimit.Config) *bench {
	t.Helper()
	l, err := ratelimit.NewShared(bare(c), p)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{l, t}
	t.Cleanup(b.close)
	return b
}

func (b *bench) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := b.Close(ctx); err != nil {
		b.t.Error(err)
	}
}

// inPool runs f with a pool and some members in a bubble of virtual time.
func inPool(t *testing.T, c ratelimit.Config, members int, f func(t *testing.T, p *testPool, m []*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool()
		var all []*bench
		for range members {
			all = append(all, join(t, p, c))
		}
		f(t, p, all)
	})
}

func TestNewSharedChecksItsArguments(t *testing.T) {
	if _, err := ratelimit.NewShared(ratelimit.Config{}, nil); err == nil {
		t.Error("a nil pool was accepted")
	}
	if _, err := ratelimit.NewShared(ratelimit.Config{Reserve: 2}, newTestPool()); err == nil {
		t.Error("a reserve of 2 was accepted")
	}
}

func TestMembersShareTheBudget(t *testing.T) {
	inPool(t, ratelimit.Config{}, 2, func(t *testing.T, _ *testPool, m []*bench) {
		first, second := m[0].calls(10, plain), m[1].calls(10, plain)
		want(t, "sent before anything is known", sent(first)+sent(second), 1)
		first[0].respond(http.StatusOK, left(100, 5))
		pass(time.Second)
		want(t, "sent of 5", sent(first)+sent(second)-1, 5)
		if sent(first) == 1 || sent(second) == 0 {
			t.Errorf("one member got nothing: %d and %d", sent(first)-1, sent(second))
		}
	})
}

// A member that asked for half of the budget, and sends nothing.
func greedy(t *testing.T, p ratelimit.Pool) {
	t.Helper()
	r := ratelimit.Report{Member: "greedy", Interactive: 50, Window: known(1, 100, 99)}
	pass(200 * time.Millisecond)
	if got := exchange(t, p, r).Lease; got != 50 {
		t.Fatalf("the other member got %d", got)
	}
}

// known is a window that has just begun.
func known(epoch int64, limit, remaining int) ratelimit.Window {
	return ratelimit.Window{Epoch: epoch, Limit: limit, Top: limit, Remaining: remaining, Latest: time.Minute}
}

func TestLeaseOfASilentMemberReturns(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		m[0].learn(100, 99)
		greedy(t, p)
		calls := m[0].calls(99, plain)
		pass(2900 * time.Millisecond)
		want(t, "sent while the other one may live", sent(calls), 49)
		pass(2100 * time.Millisecond)
		want(t, "sent after 3 s of silence", sent(calls), 99)
	})
}

func TestLeaseReturns(t *testing.T) {
	for name, leave := range map[string]func(m *bench){
		"on Close":  func(m *bench) { m.close() },
		"when idle": func(*bench) { pass(100 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
				m[0].learn(100, 99)
				calls := m[0].calls(20, plain)
				for _, c := range calls[:10] {
					c.respond(http.StatusOK, left(100, 70))
				}
				for _, c := range calls[10:] {
					c.respond(http.StatusOK, left(100, 60))
				}
				leave(m[0])
				g := exchange(t, p, ratelimit.Report{Member: "other", Window: known(1, 100, 60), Interactive: 100})
				want(t, "used by the first", g.Used-g.Lease, 21)
				want(t, "granted of what is left", g.Lease, 60)
			})
		})
	}
}

// While the pool fails or hangs, calls are sent by what the limiter itself knows. It uses the pool again soon after.
func TestPoolFails(t *testing.T) {
	stuck := make(chan struct{})
	for name, test := range map[string]struct {
		err    error
		hang   chan struct{}
		lease  int
		within time.Duration
	}{
		"at once":         {err: errors.New("connection refused")},
		"grants nonsense": {lease: -7},
		"hangs":           {hang: stuck, within: 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			inPool(t, ratelimit.Config{}, 2, func(t *testing.T, p *testPool, m []*bench) {
				hang := test.hang
				if hang != nil {
					hang = make(chan struct{})
				}
				p.set(test.err, hang, test.lease)
				calls := m[0].calls(3, plain)
				pass(test.within)
				want(t, "probes", sent(calls), 1)
				want(t, "members while the pool fails", m[0].Snapshot().Members, 0)
				calls[0].respond(http.StatusOK, left(100, 99))
				want(t, "sent", sent(calls), 3)
				p.set(nil, nil, 0)
				if hang != nil {
					close(hang)
				}
				pass(2 * time.Second)
				m[1].call(plain)
				pass(time.Second)
				want(t, "members", m[0].Snapshot().Members, 2)
			})
		})
	}
}

// A call that came after the pool failed makes the limiter try it again, though nothing else happens.
func TestPoolIsTriedAgainForAWaitingCall(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		p.set(errors.New("connection refused"), nil, 0)
		m[0].call(plain).respond(http.StatusTooManyRequests, spent(100, 50*time.Second))
		pass(1500 * time.Millisecond)
		if c := m[0].call(plain); !c.waiting() {
			t.Fatalf("sent %t, %v", c.sent(), c.err())
		}
		p.set(nil, nil, 0)
		pass(2 * time.Second)
		want(t, "members", m[0].Snapshot().Members, 1)
	})
}

// A pool that has lost its memory gets everything from the next reports, and grants nothing until all have reported.
func TestPoolLosesItsMemory(t *testing.T) {
	inPool(t, ratelimit.Config{}, 2, func(t *testing.T, p *testPool, m []*bench) {
		m[0].learn(100, 99)
		m[0].calls(5, plain)
		m[1].calls(5, plain)
		pass(time.Second)
		m[0].learn(100, 88)
		p.mu.Lock()
		p.MemoryPool = ratelimit.NewMemoryPool(nil)
		p.mu.Unlock()
		w := known(2, 100, 50)
		g := exchange(t, p, ratelimit.Report{Member: "other", Window: w, Interactive: 100})
		if g.Lease > 0 || g.Wait <= 0 {
			t.Errorf("granted without the reports of the others: %+v", g)
		}
		pass(g.Wait)
		g = exchange(t, p, ratelimit.Report{Member: "other", Window: w, Interactive: 100})
		if g.Lease == 0 || g.Lease > 40 {
			t.Errorf("granted %d of 50, of which 10 are in flight", g.Lease)
		}
	})
}

// What a member reports about an earlier window is out of date.
func TestLateMemberDoesNotSpoilTheCount(t *testing.T) {
	p := ratelimit.NewMemoryPool(nil)
	exchange(t, p, ratelimit.Report{Member: "a", Window: known(7, 100, 90)})
	g := exchange(t, p, ratelimit.Report{Member: "late", Window: known(6, 100, 3), Own: 40, Interactive: 10})
	want(t, "remaining", g.Window.Remaining, 90)
	want(t, "epoch", int(g.Window.Epoch), 7)
	want(t, "lease", g.Lease, 0)
	want(t, "used", g.Used, 0)
}

// One member looks whether the window has ended. If it dies, another one follows.
func TestOneMemberProbes(t *testing.T) {
	inPool(t, ratelimit.Config{}, 3, func(t *testing.T, _ *testPool, m []*bench) {
		var calls []*call
		for _, b := range m {
			calls = append(calls, b.calls(2, plain)...)
		}
		pass(1900 * time.Millisecond)
		want(t, "probes", sent(calls), 1)
		pass(2 * time.Second)
		want(t, "probes after 2 s without a response", sent(calls), 2)
	})
}

// A member that has nothing to send, and nothing in flight, sends nothing to the pool.
func TestIdleMemberIsSilent(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		pass(time.Minute)
		want(t, "exchanges before the first call", p.count(), 0)
		m[0].learn(100, 99)
		pass(time.Second)
		before := p.count()
		pass(time.Hour)
		want(t, "exchanges in an idle hour", p.count()-before, 0)
		m[0].call(plain)
		before = p.count()
		pass(10 * time.Second)
		if n := p.count() - before; n < 9 || n > 11 {
			t.Errorf("%d exchanges in 10 s with a request in flight", n)
		}
	})
}

// A call that cannot wait waits for the exchange, but for nothing else.
func TestNoWaitWithPool(t *testing.T) {
	noWait := ratelimit.Request{MaxWait: -1}
	inPool(t, ratelimit.Config{}, 2, func(t *testing.T, _ *testPool, m []*bench) {
		m[0].learn(100, 99)
		for range 2 { // the second one without a lease
			c := m[1].call(noWait)
			if !c.sent() {
				t.Fatalf("not sent: %v", c.err())
			}
			c.respond(http.StatusOK, left(100, 97))
			pass(time.Second)
		}
		m[0].learn(100, 0)
		pass(200 * time.Millisecond)
		m[1].call(noWait).waitError()
	})
}

// Interactive calls do not wait because background calls have to.
func TestInteractiveBesideBackgroundInPool(t *testing.T) {
	inPool(t, ratelimit.Config{BackgroundReserve: 0.5}, 2, func(t *testing.T, _ *testPool, m []*bench) {
		m[0].learn(100, 50)
		waits := m[1].calls(3, background)
		want(t, "background", sent(waits), 0)
		pass(30 * time.Second)
		if c := m[1].call(plain); !c.sent() {
			t.Errorf("the interactive call waits: %v", c.err())
		}
	})
}

// All members together keep to the limit of a customer, from the moment at which a part of it is used.
func TestMembersShareTheLimitOfACustomer(t *testing.T) {
	inPool(t, ratelimit.Config{CustomerLimit: 64}, 4, func(t *testing.T, _ *testPool, m []*bench) {
		m[0].learn(1000, 900)
		var all []*call
		for _, b := range m {
			all = append(all, b.calls(40, customerA)...)
		}
		done := map[*call]bool{}
		for range 400 {
			for _, c := range all {
				if c.sent() && !done[c] {
					done[c] = true
					c.respond(http.StatusOK, left(1000, 899-len(done)))
				}
			}
			pass(100 * time.Millisecond)
		}
		want(t, "sent within a window", len(done), 64)
	})
}

func TestCloseEndsAllGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool()
		l := join(t, p, ratelimit.Config{})
		hang := make(chan struct{})
		p.set(nil, hang, 0)
		l.call(plain)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close during an exchange that hangs: %v", err)
		}
		close(hang)
		synctest.Wait()
		before := p.count()
		l.call(plain)
		pass(time.Hour)
		want(t, "exchanges after Close", p.count()-before, 0)
	})
}

func TestCloseWithoutPool(t *testing.T) {
	if err := newBench(t, ratelimit.Config{}).Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func exchange(t testing.TB, p ratelimit.Pool, r ratelimit.Report) ratelimit.Grant {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	g, err := p.Exchange(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRandomSequencesWithPool(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { runModelWithPool(t, seed, 250, newTestPool) })
	}
}

func TestRandomSequencesWithFailingPool(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			runModelWithPool(t, seed, 250, func() *testPool {
				p := newTestPool()
				p.flaky = rand.New(rand.NewPCG(seed, 1))
				return p
			})
		})
	}
}
