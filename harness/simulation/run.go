package simulation

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A run is one execution of a scenario.
type run struct {
	Scenario
	srv     *kustomertest.Server
	members []member
	store   *store          // nil without a pool
	mortal  context.Context // of the member that is killed
	kill    func()
	targets [][]string // for each load, the ids of its conversations or customer

	mu                  sync.Mutex // guards all below
	calls               []call
	refused, keyRefused int // 429s, as in [Result]
}

// A call is a finished call, as its caller sees it.
type call struct {
	load, member int
	began, ended time.Time
	err          error
}

// Run executes the scenario once, in virtual time. A goroutine that does not end fails the test.
func (s Scenario) Run(t *testing.T, regime Regime, seed uint64) (result Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		// Virtual time begins at midnight, when an aligned window begins too.
		phase := time.Duration(stream(seed, "phase").Float64() * float64(window))
		result = Result{Scenario: s, Regime: regime, Seed: seed, Loads: make([]LoadResult, len(s.Loads))}
		longest := time.Duration(0)
		for i := range s.Loads {
			result.Loads[i].Optimum = s.optimum(i, regime, seed, phase)
			longest = max(longest, result.Loads[i].Optimum)
		}
		r := newRun(t, s, regime, seed)
		// A call that never ends fails, because no bound allows so much time.
		ctx, cancel := context.WithTimeout(t.Context(), phase+4*longest+10*time.Minute)
		defer cancel()

		if !regime.Aligned {
			time.Sleep(phase) // the window begins later
		}
		var neighbour sync.WaitGroup
		if s.Neighbour != nil {
			neighbour.Go(func() { result.NeighbourSent, result.NeighbourRefused = s.Neighbour.run(ctx, r.srv) })
		}
		if regime.Aligned {
			time.Sleep(phase)
		}
		synctest.Wait() // the neighbour's first request is first
		if s.Fleet != nil {
			neighbour.Go(func() { r.disturb(ctx) })
		}
		r.work(ctx)
		cancel()
		neighbour.Wait()
		for _, m := range r.members {
			r.close(m)
		}
		result.measure(r)
	})
	return result
}

// manyConversations is how many conversations the loads for many use.
const manyConversations = 300

func newRun(t *testing.T, s Scenario, regime Regime, seed uint64) *run {
	t.Helper()
	r := &run{Scenario: s}
	r.srv = r.newServer(regime, seed)
	customer := r.srv.AddCustomer()
	many := make([]string, manyConversations)
	for i := range many {
		many[i] = r.srv.AddConversation(customer)
	}
	for _, l := range s.Loads {
		switch l.Target {
		case ManyConversations:
			r.targets = append(r.targets, many)
		case OneConversation:
			r.targets = append(r.targets, []string{r.srv.AddConversation(customer)})
		case OneCustomer:
			r.targets = append(r.targets, []string{r.srv.AddCustomer()})
		}
	}
	r.mortal, r.kill = context.WithCancel(t.Context())
	if s.Fleet != nil && !s.Fleet.NoPool {
		r.store = newStore(s.members(), seed)
	}
	for i := range s.members() {
		m, err := r.newMember(i)
		if err != nil {
			t.Fatal(err)
		}
		r.members = append(r.members, m)
	}
	return r
}

// newMember returns one process, with a client and a limiter of its own.
func (r *run) newMember(i int) (m member, err error) {
	limiter, retry := ratelimit.Unlimited, client.RetryPolicy{MaxAttempts: 1}
	if !r.Naive {
		if r.store != nil {
			m.limiter, err = ratelimit.NewShared(r.Limiter, connection{r.store, i})
		} else {
			m.limiter, err = ratelimit.New(r.Limiter)
		}
		if err != nil {
			return m, err
		}
		limiter, retry = m.limiter, r.Retry
	}
	m.Client, err = client.New(
		client.WithBaseURL(r.srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(r.srv.HTTPClient()),
		client.WithLimiter(limiter), client.WithRetryPolicy(retry),
	)
	return m, err
}

// createLimit is how many conversations may be created for one customer per window.
const createLimit = 120

// optimum is the time that an optimal client needs for a load.
func (s Scenario) optimum(load int, regime Regime, seed uint64, phase time.Duration) time.Duration {
	l := s.Loads[load]
	c := OptimalClient{
		Workers: l.Workers, Calls: l.Calls, Latency: latencies(seed, s.pace()),
		Aligned: regime.Aligned, Start: (phase + s.Skew + window) % window, Neighbour: s.Neighbour,
	}
	switch l.Target {
	case OneConversation:
		c.Limit = s.ObjectLimit
	case OneCustomer:
		c.Limit = createLimit
	default:
		c.Limit, c.Hold = s.limit(), s.hold()
		c.Calls += int(float64(c.Calls) * s.Faults.Failed) // the retries
	}
	return c.Time()
}

// hold is the part of the budget that a load for many conversations leaves alone: what others need, if there is a reserve,
// and what the other loads use.
func (s Scenario) hold() int {
	hold := s.reserve()
	if hold > 0 && s.Neighbour != nil {
		hold = max(hold, s.Neighbour.PerWindow)
	}
	for _, l := range s.Loads {
		if l.Target == OneConversation {
			hold += s.ObjectLimit
		}
		if l.Every > 0 {
			hold += int(window/l.Every) * l.of(&s)
		}
	}
	return hold
}
