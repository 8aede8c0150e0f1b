package ratelimit_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A strangePool changes the grants of a pool.
type strangePool struct {
	*testPool
	strange func(ratelimit.Report, *ratelimit.Grant)
}

func (p *strangePool) Exchange(ctx context.Context, r ratelimit.Report) (ratelimit.Grant, error) {
	time.Sleep(time.Millisecond)
	g, err := p.testPool.Exchange(ctx, r)
	p.strange(r, &g)
	return g, err
}

// Whatever a pool grants, calls go on at nearly the usual rate, and exchanges stay rare.
func TestPoolMakesNoSense(t *testing.T) {
	const never = 100 * 365 * 24 * time.Hour
	records := func(s ratelimit.RecordState) func(ratelimit.Report, *ratelimit.Grant) {
		return func(_ ratelimit.Report, g *ratelimit.Grant) {
			for i := range g.Records {
				g.Records[i] = ratelimit.RecordGrant{Held: true, State: s}
			}
		}
	}
	for name, strange := range map[string]func(ratelimit.Report, *ratelimit.Grant){
		"a large lease":              func(_ ratelimit.Report, g *ratelimit.Grant) { g.Lease, g.Background = math.MaxInt, math.MaxInt },
		"more background than lease": func(_ ratelimit.Report, g *ratelimit.Grant) { g.Background = g.Lease + 1 },
		"never a lease":              func(_ ratelimit.Report, g *ratelimit.Grant) { g.Lease, g.Background = 0, 0 },
		"a long wait":                func(_ ratelimit.Report, g *ratelimit.Grant) { g.Lease, g.Background, g.Wait = 0, 0, never },
		"a window without end": func(_ ratelimit.Report, g *ratelimit.Grant) {
			g.Window.Remaining, g.Window.Earliest, g.Window.Latest = 0, never, never
		},
		"a negative count":             func(_ ratelimit.Report, g *ratelimit.Grant) { g.Window.Remaining = -5 },
		"a large count":                func(_ ratelimit.Report, g *ratelimit.Grant) { g.Window.Remaining = math.MaxInt },
		"a negative number of members": func(_ ratelimit.Report, g *ratelimit.Grant) { g.Members = -5 },
		"always a later window":        func(r ratelimit.Report, g *ratelimit.Grant) { g.Window.Epoch = r.Window.Epoch + 1 },
		"always an earlier window":     func(_ ratelimit.Report, g *ratelimit.Grant) { g.Window.Epoch = -3 },
		"nothing about records":        func(_ ratelimit.Report, g *ratelimit.Grant) { g.Records = nil },
		"a record blocked for ever":    records(ratelimit.RecordState{Blocked: never}),
		"a limit that does not renew":  records(ratelimit.RecordState{Spent: math.MaxInt, End: never}),
		"a record with negative state": records(ratelimit.RecordState{Spent: -5, End: -5, Try: -5, Blocked: -5, Refusals: -5, Refused: -5, First: -5}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &strangePool{newTestPool(), strange}
				l := join(t, p, ratelimit.Config{CustomerLimit: 16})
				s := &oneServer{limit: 100}
				start := time.Now()
				for range 20 {
					l.spend(s, 3, background)
					l.spend(s, 3, plain)
					l.spend(s, 1, customerA)
				}
				if took := time.Since(start); took > 10*time.Minute {
					t.Errorf("140 calls with 100 per window, and 20 of them with 16 per window, took %v", took)
				}
				if n := p.count(); n > 1000 {
					t.Errorf("%d exchanges", n)
				}
			})
		})
	}
}

// oneServer is a server with one budget.
type oneServer struct {
	mu          sync.Mutex
	limit, used int
	end         time.Time
	few         bool // only refusals have counts, and no response has a reset
	refused     int
}

func (s *oneServer) respond() (int, http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !now.Before(s.end) {
		s.used, s.end = 0, now.Add(time.Minute)
	}
	if s.used == s.limit {
		s.refused++
		if s.few {
			return http.StatusTooManyRequests, left(s.limit, 0)
		}
		return http.StatusTooManyRequests, spent(s.limit, s.end.Sub(now))
	}
	s.used++
	if s.few {
		return http.StatusOK, http.Header{}
	}
	return http.StatusOK, left(s.limit, s.limit-s.used)
}

// spend makes n calls at the same time, and retries them until they succeed.
func (b *bench) spend(s *oneServer, n int, r ratelimit.Request) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for status := 0; status != http.StatusOK; {
				p, err := b.Acquire(b.t.Context(), r)
				if err != nil {
					b.t.Error(err)
					return
				}
				sent := time.Now()
				time.Sleep(50 * time.Millisecond)
				var h http.Header
				status, h = s.respond()
				p.Done(ratelimit.Result{Status: status, Header: h, Sent: sent, Received: time.Now()})
			}
		})
	}
	wg.Wait()
}

// A grant that comes after the limiter has stopped waiting for it is about the past.
func TestLateGrant(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		w := known(5, 100, 90)
		exchange(t, p, ratelimit.Report{Member: "other", Window: w})
		hang := make(chan struct{})
		p.set(nil, hang, 0)
		c := m[0].call(plain)
		pass(50 * time.Second)
		c.respond(http.StatusOK, left(100, 50))
		end := m[0].Snapshot().Reset
		close(hang)
		pass(time.Millisecond)
		if s := m[0].Snapshot(); s.Remaining != 50 || !s.Reset.Equal(end) || s.Members > 0 {
			t.Errorf("the late grant was used: %+v", s)
		}
	})
}

// Close returns even if the pool ignores the context. A further Close tries again.
func TestCloseDuringAnExchangeThatHangs(t *testing.T) {
	for name, before := range map[string]bool{"the last one": false, "one before": true} {
		t.Run(name, func(t *testing.T) {
			inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
				hang := make(chan struct{})
				if before {
					p.set(nil, hang, 0)
				}
				m[0].call(plain)
				p.set(nil, hang, 0)
				for range 2 {
					start := time.Now()
					if err := m[0].Close(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("Close: %v", err)
					}
					if took := time.Since(start); took > time.Second {
						t.Errorf("Close took %v", took)
					}
				}
				p.set(nil, nil, 0)
				close(hang)
				synctest.Wait()
				for _, want := range []int{1, 0} {
					n := p.count()
					if err := m[0].Close(t.Context()); err != nil {
						t.Error(err)
					}
					if n = p.count() - n; n != want {
						t.Errorf("%d exchanges, want %d", n, want)
					}
				}
			})
		})
	}
}

// A member that is closed during its first exchange gives back the lease that the exchange brings.
func TestCloseDuringTheFirstExchange(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		exchange(t, p, ratelimit.Report{Member: "other", Window: known(1, 100, 90)})
		hang := make(chan struct{})
		p.set(nil, hang, 0)
		m[0].call(plain)
		time.AfterFunc(100*time.Millisecond, func() {
			p.set(nil, nil, 0)
			close(hang)
		})
		n := p.count()
		m[0].close()
		want(t, "exchanges", p.count()-n, 1)
	})
}

// A member that has been idle, and is closed, does not keep the pool from the others.
func TestCloseOfAnIdleMember(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		m[0].learn(100, 99)
		pass(5 * time.Second)
		m[0].close()
		g := exchange(t, p, ratelimit.Report{Member: "other", Window: known(1, 100, 99), Interactive: 5})
		want(t, "lease", g.Lease, 5)
	})
}

// A server without counts in most responses gets hardly more refused requests from a pool than from as many single
// limiters, which is about 60.
func TestMembersOfAServerWithFewCounts(t *testing.T) {
	inPool(t, ratelimit.Config{}, 4, func(t *testing.T, _ *testPool, m []*bench) {
		s := &oneServer{limit: 300, few: true}
		var wg sync.WaitGroup
		for _, b := range m {
			for range 8 {
				wg.Go(func() {
					for range 20 {
						b.spend(s, 1, plain)
					}
				})
			}
		}
		wg.Wait()
		if s.refused > 150 {
			t.Errorf("%d requests were refused", s.refused)
		}
	})
}

// The members of a pool whose first response is a refusal, which does not show when the window began, probe as rarely as
// one limiter does.
func TestPoolBeginsWithARefusal(t *testing.T) {
	inPool(t, ratelimit.Config{}, 2, func(t *testing.T, _ *testPool, m []*bench) {
		m[0].call(plain).respond(http.StatusTooManyRequests, left(100, 0))
		pass(time.Second)
		calls, refused := m[1].calls(1000, plain), 0
		for range 300 {
			pass(100 * time.Millisecond)
			for ; refused < sent(calls); refused++ {
				calls[refused].respond(http.StatusTooManyRequests, left(100, 0))
			}
		}
		if refused == 0 || refused > 4 {
			t.Errorf("%d refused in 30 s", refused)
		}
	})
}

// A server may have the largest count in the place of no limit.
func TestMembersOfAServerWithTheLargestCounts(t *testing.T) {
	inPool(t, ratelimit.Config{Reserve: 0.05}, 1, func(t *testing.T, _ *testPool, m []*bench) {
		m[0].learn(math.MaxInt32, math.MaxInt32)
		want(t, "sent", sent(m[0].calls(3, plain)), 3)
		want(t, "members", m[0].Snapshot().Members, 1)
	})
}

// A pool that is back grants nothing until all members have reported. Until then, calls go on as they did without it.
func TestCallsGoOnUntilThePoolGrantsAgain(t *testing.T) {
	inPool(t, ratelimit.Config{}, 2, func(t *testing.T, p *testPool, m []*bench) {
		m[0].learn(1000, 900)
		failed := 0
		callFor := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); pass(20 * time.Millisecond) {
				c := m[0].call(ratelimit.Request{MaxWait: -1})
				if pass(0); !c.sent() {
					failed++
					continue
				}
				c.respond(http.StatusOK, left(1000, 800))
			}
		}
		p.set(errors.New("connection refused"), nil, 0)
		callFor(5 * time.Second)
		p.set(nil, nil, 0)
		callFor(3 * time.Second)
		want(t, "failed", failed, 0)
		want(t, "members", m[0].Snapshot().Members, 1)
	})
}
