package simulation

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// deadlines are the ways to say that a call may wait 5 s, or not at all.
var deadlines = map[string]struct {
	wait time.Duration // of the context; 0 is none
	opts []client.CallOption
}{
	"context":  {wait: 5 * time.Second},
	"max wait": {opts: []client.CallOption{client.CallMaxWait(5 * time.Second)}},
	"no wait":  {opts: []client.CallOption{client.CallNoWait()}},
}

// The budget is spent, the window has 55 s left, and the client knows it: calls that would have to wait longer than
// they may fail at once, and nothing is sent.
func TestDeadlineInKnownWindow(t *testing.T) {
	var slowest time.Duration
	most := 0
	for _, r := range Regimes() {
		if r.Reset == kustomertest.ResetNever {
			continue // nobody can know then
		}
		for name, d := range deadlines {
			t.Run(r.String()+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := Scenario{Limit: 20, Pools: []Pool{{Workers: 1, Calls: 21}}}
					st := newStage(t, s, r, 1)
					began := time.Now()
					// The last of these is refused, and tells when the window ends.
					ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
					defer cancel()
					st.run(ctx)
					sleepUntil(t.Context(), began.Add(5*time.Second))

					sent := len(st.srv.Requests())
					for i, f := range failing(t, st, d.wait, d.opts) {
						limit, ok := errors.AsType[*client.RateLimitError](f.err)
						if !ok || !limit.Local {
							t.Fatalf("call %d: %v", i, f.err)
						}
						if limit.RetryAfter < 54*time.Second || limit.RetryAfter > 57*time.Second {
							t.Errorf("call %d is told to come back in %s", i, limit.RetryAfter)
						}
						if slowest = max(slowest, f.took); f.took > 10*time.Millisecond {
							t.Errorf("call %d failed after %s", i, f.took)
						}
					}
					n := len(st.srv.Requests()) - sent
					if most = max(most, n); n > 0 {
						t.Errorf("%d requests were sent", n)
					}
				})
			})
		}
	}
	tell("the slowest failed after %v of 10ms, %d requests of 0", slowest, most)
}

// The same where the client knows nothing: one call is sent to find out, or eight of those that do not wait. The others wait
// for what it finds, and where it finds nothing, to their own end.
func TestDeadlineInUnknownWindow(t *testing.T) {
	most := map[bool]int{} // by whether the calls wait
	allowed := map[bool]int{true: 1, false: 8}
	for _, r := range Regimes() {
		for name, d := range deadlines {
			t.Run(r.String()+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					st := newStage(t, Scenario{Limit: 20}, r, 1)
					st.srv.Spend(20)
					time.Sleep(5 * time.Second)
					for i, f := range failing(t, st, d.wait, d.opts) {
						e, ok := errors.AsType[*client.Error](f.err)
						if !ok || e.Outcome != client.OutcomeNotApplied {
							t.Errorf("call %d: %v", i, f.err)
						}
						// The answer to the one that is sent comes on top of a wait.
						if f.took > 5*time.Second+200*time.Millisecond {
							t.Errorf("call %d failed after %s: %v", i, f.took, f.err)
						}
						if r.Reset != kustomertest.ResetNever && !errors.Is(f.err, client.ErrRateLimited) {
							t.Errorf("call %d does not say that a limit was in its way: %v", i, f.err)
						}
					}
					n, waits := len(st.srv.Requests()), name != "no wait"
					if most[waits] = max(most[waits], n); n > allowed[waits] {
						t.Errorf("%d requests were sent", n)
					}
				})
			})
		}
	}
	tell("%d request of %d, %d of %d that do not wait", most[true], allowed[true], most[false], allowed[false])
}

type failed struct {
	err  error
	took time.Duration
}

// failing makes ten calls at once.
func failing(t *testing.T, st *stage, wait time.Duration, opts []client.CallOption) []failed {
	var wg sync.WaitGroup
	all := make([]failed, 10)
	for i := range all {
		wg.Go(func() {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if wait > 0 {
				ctx, cancel = context.WithTimeout(ctx, wait)
			}
			defer cancel()
			began := time.Now()
			_, err := st.clients[0].AppendTagsToConversation(ctx, st.conversations[i], []string{"vip"}, opts...)
			all[i] = failed{err, time.Since(began)}
		})
	}
	wg.Wait()
	return all
}
