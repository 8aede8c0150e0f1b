package simulation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A stopwatch counts the interactive requests that a limiter lets through at once.
type stopwatch struct {
	ratelimit.Limiter
	mu        sync.Mutex
	asked, ok int
}

// atOnce is the longest that such a request may wait.
const atOnce = 100 * time.Millisecond

func (s *stopwatch) Acquire(ctx context.Context, r ratelimit.Request) (ratelimit.Permit, error) {
	began := time.Now()
	p, err := s.Limiter.Acquire(ctx, r)
	if !r.Background {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		if err == nil && time.Since(began) <= atOnce {
			s.ok++
		}
	}
	return p, err
}

// A job in the background would use up each window in a second or two. Beside it somebody makes a call a second, which
// has 1.8 s: it finds budget, and the job still has nearly all the rest.
func TestInteractiveBesideBackground(t *testing.T) {
	const windows, limit, reserve, workers = 20, 300, 15, 64
	worst, least := 1.0, 1.0
	for _, r := range Regimes() {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("%s/%d", r, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					st := newStage(t, Scenario{Limit: limit, Reserve: float64(reserve) / limit}, r, seed)
					limiter, err := ratelimit.New(ratelimit.Config{})
					if err != nil {
						t.Fatal(err)
					}
					watch := &stopwatch{Limiter: limiter}
					c, err := st.clients[0].Clone(client.WithLimiter(watch))
					if err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Duration(stream(seed, "phase").Int64N(int64(window))))
					// Not a deadline, which would have the job refused at once in the last window, again and again.
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(windows*window, cancel)
					call := func(ctx context.Context, i int, opts ...client.CallOption) {
						_, err := c.AppendTagsToConversation(ctx, st.conversations[i%manyRecords], []string{"vip"}, opts...)
						if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) && !errors.Is(err, client.ErrRateLimited) {
							t.Error(err)
						}
					}
					var wg sync.WaitGroup
					wg.Go(func() {
						for i := 0; ctx.Err() == nil; i++ {
							wg.Go(func() {
								ctx, cancel := context.WithTimeout(ctx, 1800*time.Millisecond)
								defer cancel()
								call(ctx, i)
							})
							sleepUntil(ctx, time.Now().Add(time.Second))
						}
					})
					sleepUntil(ctx, time.Now().Add(10*time.Millisecond))
					for w := range workers {
						wg.Go(func() {
							for i := w; ctx.Err() == nil; i += workers {
								call(ctx, i, client.CallBackground())
							}
						})
					}
					wg.Wait()
					passed, used := float64(watch.ok)/float64(watch.asked), float64(st.ledger.accepted)/float64(windows*(limit-reserve))
					worst, least = min(worst, passed), min(least, used)
					if passed < 0.99 || used < 0.88 {
						t.Errorf("%d of %d passed at once, %.1f %% of the budget was used", watch.ok, watch.asked, 100*used)
					}
				})
			})
		}
	}
	tell("%.1f %% of 99 %% passed within %v, %.1f %% of 88 %% of the budget used", 100*worst, atOnce, 100*least)
}
