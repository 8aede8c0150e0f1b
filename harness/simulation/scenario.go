package simulation

import (
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// window is the length of the windows of all limits.
const window = time.Minute

// A Scenario is a workload, the server that it runs against, and the bounds that its result has to meet.
type Scenario struct {
	Name  string
	Loads []Load // that run at the same time. The first one is the row's time

	Members int                // processes, each with a client and a limiter of its own; 0 is 1
	Fleet   *Fleet             // how they share the budget; nil if they share nothing
	Limiter ratelimit.Config   // of each member
	Retry   client.RetryPolicy // of each member
	Naive   bool               // the members have no limiter, and send a refused call again after a second

	Limit       int           // of the organisation, per window; 0 is 1000
	ObjectLimit int           // updates of one conversation per window; 0 is no limit
	Pace        float64       // that all latencies are multiplied by; 0 is 1
	Skew        time.Duration // by which the server's clock is ahead
	Faults      Faults
	Neighbour   *Neighbour

	MaxRefused          int     // 429s of the organisation's limit
	MaxKeyRefused       int     // 429s of the limit of one conversation or customer
	MaxNeighbourRefused float64 // share of the neighbour's requests; 0 is any
	MinShare            float64 // see [Result.LeastShare]; 0 is any
}

// A Load is calls of one kind, divided equally among the members.
type Load struct {
	Name       string
	Target     Target
	Background bool

	// Workers make the calls one after the other, each the next one that is left.
	Workers, Calls int
	MaxRatio       float64 // of the load's time to its optimum

	// With Every instead of Workers and Calls, each member starts a call at this interval, until the other loads are done.
	// A call fails after Patience.
	Every    time.Duration
	Patience time.Duration // 0 is [patience]
	MinDone  float64       // share of the calls that succeed

	// Only so many members from the first one on have the load; 0 is all.
	FirstMember, Members int
}

// patience is how long a call of a Load with Every may take.
const patience = 1800 * time.Millisecond

func (l Load) patience() time.Duration {
	if l.Patience > 0 {
		return l.Patience
	}
	return patience
}

// of returns how many members of a scenario have the load.
func (l Load) of(s *Scenario) int {
	if l.Members > 0 {
		return l.Members
	}
	return s.members()
}

// A Target is what the calls of a load are for.
type Target uint8

const (
	ManyConversations Target = iota // updates of many conversations in turn
	OneConversation                 // updates of one conversation
	OneCustomer                     // creates for one customer
)

// Faults are shares of the requests.
type Faults struct {
	NoRateHeaders, NoDate float64 // the response lacks these headers
	Failed                float64 // a third each: 503, connection lost before the request is handled, and after
}

// A Regime is what clients cannot know about the server's windows.
type Regime struct {
	Aligned bool // windows begin with each minute; otherwise with the first request after the last window
	Reset   kustomertest.ResetHeader
}

// Regimes returns all regimes.
func Regimes() []Regime {
	var all []Regime
	for _, reset := range []kustomertest.ResetHeader{kustomertest.ResetOnRefusal, kustomertest.ResetAlways, kustomertest.ResetNever} {
		all = append(all, Regime{true, reset}, Regime{false, reset})
	}
	return all
}

func (r Regime) String() string {
	begin := "window from first request"
	if r.Aligned {
		begin = "window from full minute"
	}
	return begin + [...]string{", reset on 429", ", reset always", ", reset never"}[r.Reset]
}

func (s Scenario) limit() int {
	if s.Limit == 0 {
		return 1000
	}
	return s.Limit
}

func (s Scenario) members() int { return max(s.Members, 1) }

func (s Scenario) pace() float64 {
	if s.Pace == 0 {
		return 1
	}
	return s.Pace
}

// reserve is what the members leave to others.
func (s Scenario) reserve() int {
	share := s.Limiter.Reserve
	if share == 0 {
		share = 0.05 // the limiter's default
	}
	return max(int(share*float64(s.limit())), 0)
}
