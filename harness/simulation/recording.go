package simulation

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A Recording is one window of the server, measured at regular times.
type Recording struct {
	Limit     int
	Samples   []Sample
	Neighbour spent
}

// A Sample is how far the window was then.
type Sample struct {
	At      time.Duration // since the window began
	Used    int           // of the budget, by everybody
	Refused int           // requests of the callers
}

// step is the time between two samples.
const step = 200 * time.Millisecond

// Record plays a scenario whose windows lie on a grid, and measures the second one: in the first the client learns.
// The neighbour comes in the second alone.
func (s Scenario) Record(t *testing.T, seed uint64) (rec Recording) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, s, Regime{Aligned: true}, seed)
		began := time.Now().Add(window)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { st.run(ctx) })
		sleepUntil(ctx, began)
		wg.Go(func() { rec.Neighbour = s.Neighbour.run(ctx, st.srv) })
		rec.Limit = s.limit()
		before := st.ledger.refused()
		for at := step; at < window; at += step {
			// A moment aside, so that no sample ties with what it counts.
			sleepUntil(ctx, began.Add(at+time.Microsecond))
			used, _ := st.srv.Budget()
			rec.Samples = append(rec.Samples, Sample{at, used, st.ledger.refused() - before})
		}
		cancel()
		wg.Wait()
	})
	return rec
}
