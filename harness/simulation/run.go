package simulation

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Run plays the scenario once, in virtual time. A goroutine that is left blocked at the end fails the test, as
// synctest finds it.
func (s Scenario) Run(t *testing.T, r Regime, seed uint64) (result Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		phase := time.Duration(stream(seed, "phase").Float64() * float64(window))
		result = Result{Scenario: s, Regime: r, Seed: seed, Optimum: s.optimum(r, seed, phase), AsideOptimum: s.asideOptimum(r, seed, phase)}
		st := newStage(t, s, r, seed)
		// Far more than any row allows: who still waits then waits for ever.
		ctx, cancel := context.WithTimeout(t.Context(), phase+4*result.Optimum+10*time.Minute)
		defer cancel()

		// A bubble begins at midnight, when a window of the grid begins too.
		if !r.Aligned {
			time.Sleep(phase)
			phase = 0
		}
		neighbour := make(chan spent, 1)
		neighbourCtx, stop := context.WithCancel(ctx)
		if s.Neighbour != nil {
			go func() { neighbour <- s.Neighbour.run(neighbourCtx, st.srv) }()
		}
		time.Sleep(phase)
		synctest.Wait() // where both begin at once, the neighbour is first

		tallies := st.run(ctx)
		stop()
		if s.Neighbour != nil {
			result.Neighbour = <-neighbour
		}
		result.take(st, tallies)
	})
	return result
}

// optimum is the time that the pools that count need at least.
func (s Scenario) optimum(r Regime, seed uint64, phase time.Duration) time.Duration {
	m := s.model(r, seed, phase)
	longest := time.Duration(0)
	for _, p := range s.Pools {
		if s.PerCustomer {
			// Each customer has windows of its own.
			m := m
			m.Workers, m.Calls, m.Limit = p.Workers, p.Calls, createLimit
			longest = max(longest, m.Time())
		} else if !p.Aside {
			m.Workers += p.Workers
			m.Calls += p.Calls
		}
	}
	return max(longest, m.Time())
}

// asideOptimum is the time that the pools about one conversation need at least, if only its limit is in their way.
func (s Scenario) asideOptimum(r Regime, seed uint64, phase time.Duration) (longest time.Duration) {
	for _, p := range s.Pools {
		if p.Aside {
			m := s.model(r, seed, phase)
			m.Workers, m.Calls, m.Limit, m.Hold = p.Workers, p.Calls, s.ObjectLimit, 0
			longest = max(longest, m.Time())
		}
	}
	return longest
}

// model is what the models of a scenario have in common.
func (s Scenario) model(r Regime, seed uint64, phase time.Duration) Model {
	return Model{
		Latency: latencies(seed, s.pace()), Limit: s.limit(), Hold: s.held(),
		Aligned: r.Aligned, Start: (phase + s.Skew + window) % window, Neighbour: s.Neighbour,
	}
}

// createLimit is how many conversations may be created for one customer per window.
const createLimit = 120

// held is the part of the budget that the pools that count cannot have: the reserve, and what other pools spend up to
// the limit of their one conversation.
func (s Scenario) held() int {
	held := max(int(s.Reserve*float64(s.limit())), s.Leave)
	for _, p := range s.Pools {
		if p.Aside {
			held += s.ObjectLimit
		}
	}
	return held
}
