package simulation

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Fleet says how the members of a scenario share the budget, and what happens to them.
type Fleet struct {
	NoPool bool // they share nothing. The row is for comparison and has no bounds

	Lifetime int           // calls of a process, after which the next one takes its place; 0 is all
	Kill     time.Duration // when the first member dies, from the start; the others make its calls
	Flush    time.Duration // when the pool loses its memory
	Down     time.Duration // when the pool begins to fail, for [downFor]
	Hang     bool          // while it is down, it does not respond at all

	MaxPerCall   float64 // exchanges for each call; 0 is any
	MaxPerWindow float64 // exchanges of a member in 60 s, on average; 0 is any
}

const downFor = 10 * time.Second

// A member is one process.
type member struct {
	*client.Client
	limiter *ratelimit.Adaptive // nil without a limiter
}

// A store is the pool of a run, behind a network.
type store struct {
	mu        sync.Mutex
	pool      *ratelimit.MemoryPool
	down      bool
	hang      bool
	dead      map[int]bool // members
	exchanges []int        // of each member
	latency   *rand.Rand
}

func newStore(members int, seed uint64) *store {
	return &store{
		pool: ratelimit.NewMemoryPool(nil), dead: map[int]bool{}, exchanges: make([]int, members), latency: stream(seed, "store"),
	}
}

// A connection is one member's way to the store.
type connection struct {
	*store
	member int
}

// Exchange implements [ratelimit.Pool]. It takes 0.2 to 2 ms, half of that before the exchange and half after.
func (c connection) Exchange(ctx context.Context, r ratelimit.Report) (ratelimit.Grant, error) {
	c.mu.Lock()
	c.exchanges[c.member]++
	half := time.Duration(100+c.latency.IntN(900)) * time.Microsecond
	c.mu.Unlock()
	time.Sleep(half)
	c.mu.Lock()
	pool, down, hang := c.pool, c.down || c.dead[c.member], c.hang
	c.mu.Unlock()
	if down {
		if hang {
			<-ctx.Done()
		}
		return ratelimit.Grant{}, errors.New("the store is down")
	}
	g, err := pool.Exchange(ctx, r)
	time.Sleep(half)
	return g, err
}

// disturb makes happen what the fleet says, until ctx ends.
func (r *run) disturb(ctx context.Context) {
	f, began := r.Fleet, time.Now()
	after := func(d time.Duration, do func()) {
		if d > 0 && sleepUntil(ctx, began.Add(d)) {
			do()
		}
	}
	change := func(do func(*store)) {
		if r.store != nil {
			r.store.mu.Lock()
			defer r.store.mu.Unlock()
			do(r.store)
		}
	}
	after(f.Kill, func() {
		change(func(s *store) { s.dead[0] = true })
		r.kill()
	})
	after(f.Flush, func() { change(func(s *store) { s.pool = ratelimit.NewMemoryPool(nil) }) })
	if after(f.Down, func() { change(func(s *store) { s.down, s.hang = true, f.Hang }) }); f.Down > 0 {
		after(f.Down+downFor, func() { change(func(s *store) { s.down = false }) })
	}
}

// processes makes the calls of a load from begin to end in processes that live for some calls only.
func (r *run) processes(ctx context.Context, load, m, workers, begin, end int) {
	for ; begin < end; begin += r.Fleet.Lifetime {
		var calls sync.WaitGroup
		last := min(begin+r.Fleet.Lifetime, end)
		for w := range workers {
			calls.Go(func() {
				for i := begin + 1 + w; i <= last; i += workers {
					r.call(ctx, load, m, i)
				}
			})
		}
		calls.Wait()
		r.close(r.members[m])
		next, err := r.newMember(m)
		if err != nil {
			panic(err)
		}
		r.members[m] = next
	}
}

// close ends a process.
func (r *run) close(m member) {
	if m.limiter != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = m.limiter.Close(ctx)
	}
}
