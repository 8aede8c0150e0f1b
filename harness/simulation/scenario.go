package simulation

import (
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// window is the length of the windows of all limits.
const window = time.Minute

// A Scenario is a workload and what has to come of it.
type Scenario struct {
	Name       string
	Comparison bool // only shows in the table what another scenario is for

	Clients int     // that share nothing; each has its part of every pool. 0 is one
	Pools   []Pool  // of workers, side by side
	Pace    float64 // of the server: 1 is about 100 ms an answer, 0 means 1 too

	Limit       int  // of the organisation, per window; 0 is 1000
	ObjectLimit int  // updates per conversation and window; 0 is none
	PerCustomer bool // each pool creates for a customer of its own, and that limit alone is what binds
	Skew        time.Duration
	Faults      Faults
	ExternalIDs ExternalIDs
	Neighbour   *Neighbour
	Leave       int // what the optimum leaves to the neighbour, if that is more than the reserve

	Reserve      float64 // share of the budget that the clients leave to others
	RetryCreates bool
	Naive        bool // the clients have no limiter, and the callers try again a second after each refusal
	Options      []client.Option

	Bounds Bounds
}

// A Pool is workers that take calls from one list per client until it is empty. What blocks one pool leaves the
// workers of the others free.
type Pool struct {
	Workers, Calls int     // of all clients together
	Creates        float64 // share of the calls that create a conversation; the others update one or append a tag
	Target         Target
	Aside          bool // when it is done does not count
}

// Target says what the calls of a pool are about.
type Target uint8

// The targets.
const (
	Many            Target = iota // many conversations and customers in turn
	OneConversation               // one conversation of the pool's own
	OneCustomer                   // one customer of the pool's own
)

// Faults are how often something goes wrong, as shares of the calls.
type Faults struct {
	NoRateHeaders, NoDate            float64
	Unavailable, CutBefore, CutAfter float64 // status 503, not applied; connection lost before and after a write is applied
}

// ExternalIDs says what the server does with a create whose externalId is taken.
type ExternalIDs uint8

// The values of [ExternalIDs].
const (
	Free       ExternalIDs = iota // makes another conversation
	Idempotent                    // answers the one that has it
	Unique                        // answers 409
)

// A Regime is what clients cannot know about the server's windows.
type Regime struct {
	Aligned bool // windows lie on a fixed grid; else each begins with its first request
	Reset   kustomertest.ResetHeader
}

// Regimes returns all regimes.
func Regimes() []Regime {
	var all []Regime
	for _, reset := range []kustomertest.ResetHeader{kustomertest.ResetOnRefusal, kustomertest.ResetAlways, kustomertest.ResetNever} {
		for _, aligned := range []bool{true, false} {
			all = append(all, Regime{aligned, reset})
		}
	}
	return all
}

// String describes the regime in a few words.
func (r Regime) String() string {
	text := "window from first request"
	if r.Aligned {
		text = "fixed grid"
	}
	switch r.Reset {
	case kustomertest.ResetAlways:
		return text + ", reset always"
	case kustomertest.ResetNever:
		return text + ", reset never"
	}
	return text + ", reset on 429"
}

func (s Scenario) limit() int {
	if s.Limit == 0 {
		return 1000
	}
	return s.Limit
}

func (s Scenario) clients() int { return max(s.Clients, 1) }

func (s Scenario) pace() float64 {
	if s.Pace == 0 {
		return 1
	}
	return s.Pace
}
