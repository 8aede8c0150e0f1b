package simulation

import (
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// Scenarios returns the rows of the table. They run with no reserve, but for those whose names tell of one.
func Scenarios() []Scenario {
	workers := func(n, calls int) []Pool { return []Pool{{Workers: n, Calls: calls}} }
	return []Scenario{
		{
			Name: "1 worker, bound by the answers", Pools: workers(1, 3000),
			Bounds: Bounds{Ratio: 1.01, First: 1, Anywhere: true},
		},
		{
			// Answers so fast that the budget binds even one who waits for each.
			Name: "1 worker, bound by the budget", Pools: workers(1, 3000), Pace: 0.35,
			Bounds: Bounds{Ratio: 1.01, First: 1, Anywhere: true},
		},
		{
			Name: "64 workers", Pools: workers(64, 10000),
			Bounds: Bounds{Ratio: 1.01, First: 1},
		},
		{
			Name: "64 workers, 300 per minute", Pools: workers(64, 10000), Limit: 300,
			Bounds: Bounds{Ratio: 1.01, First: 1},
		},
		{
			Name: "8 clients that share nothing", Clients: 8, Pools: workers(64, 10000),
			Bounds: Bounds{Ratio: 1.02, First: -1, Share: 0.01},
		},
		{
			Name: "a neighbour takes half in a burst", Pools: workers(64, 10000),
			Neighbour: &Neighbour{PerWindow: 500, Spread: time.Second, Windows: 6},
			Bounds:    Bounds{Ratio: 1.02, First: -1, Share: 0.005},
		},
		{
			Name: "a neighbour takes half evenly", Pools: workers(64, 10000),
			Neighbour: &Neighbour{PerWindow: 500, Spread: window, Windows: 6},
			Bounds:    Bounds{Ratio: 1.02, First: -1, Share: 0.005},
		},
		{
			Name: "a reserve of 20 % for a neighbour who asks 15 %", Pools: workers(64, 10000), Reserve: 0.2,
			Neighbour: &Neighbour{PerWindow: 150, Spread: window},
			Bounds:    Bounds{Ratio: 1.02, First: -1, Share: 0.005, NeighbourRefused: 0.01},
		},
		{
			Name: "no reserve for a neighbour who asks 15 %", Comparison: true, Pools: workers(64, 10000),
			Neighbour: &Neighbour{PerWindow: 150, Spread: window},
			Bounds:    Bounds{Ratio: 1.02, First: -1, Share: 0.005},
		},
		{
			Name: "a neighbour takes 10 % evenly, default reserve", Pools: workers(64, 20000), Reserve: 0.05,
			Neighbour: &Neighbour{PerWindow: 100, Spread: window}, Leave: 100,
			Bounds: Bounds{Ratio: 1.04, First: -1, Share: 0.005, NeighbourRefused: 0.02},
		},
		{
			Name: "a neighbour takes 20 % evenly, default reserve", Pools: workers(64, 20000), Reserve: 0.05,
			Neighbour: &Neighbour{PerWindow: 200, Spread: window}, Leave: 200,
			Bounds: Bounds{Ratio: 1.04, First: -1, Share: 0.005, NeighbourRefused: 0.03},
		},
		{
			Name: "8 clients that share nothing, default reserve", Clients: 8, Pools: workers(64, 10000), Reserve: 0.05,
			Bounds: Bounds{Ratio: 1.02, First: -1, Share: 0.01},
		},
		{
			Name: "64 workers, default reserve", Pools: workers(64, 10000), Reserve: 0.05,
			Bounds: Bounds{Ratio: 1.01, First: 1},
		},
		{
			Name: "30 % of the calls to one hot conversation", ObjectLimit: 100,
			Pools: []Pool{
				{Workers: 45, Calls: 7000},
				{Workers: 19, Calls: 3000, Target: OneConversation, Aside: true},
			},
			// A call may have to wait for the next window, and then for its turn.
			Bounds: Bounds{Ratio: 1.02, First: 1, ObjectPerWindow: 12, AsideRatio: 1.2, Slowest: window + 5*time.Second},
		},
		{
			Name: "creates for 4 customers, 40 % for one", PerCustomer: true,
			Pools: []Pool{
				{Workers: 25, Calls: 480, Creates: 1, Target: OneCustomer},
				{Workers: 13, Calls: 240, Creates: 1, Target: OneCustomer},
				{Workers: 13, Calls: 240, Creates: 1, Target: OneCustomer},
				{Workers: 13, Calls: 240, Creates: 1, Target: OneCustomer},
			},
			Bounds: Bounds{Ratio: 1.02, ObjectShare: 0.04},
		},
		{
			Name: "server's clock 45 s ahead, headers missing", Pools: workers(64, 10000), Skew: 45 * time.Second,
			Faults: Faults{NoRateHeaders: 0.3, NoDate: 0.1},
			Bounds: Bounds{Ratio: 1.03, First: -1, Share: 0.002},
		},
		{
			Name: "server's clock 45 s behind, headers missing", Pools: workers(64, 10000), Skew: -45 * time.Second,
			Faults: Faults{NoRateHeaders: 0.3, NoDate: 0.1},
			Bounds: Bounds{Ratio: 1.03, First: -1, Share: 0.002},
		},
		faulty("faults, creates not repeated", false, Free),
		faulty("faults, creates repeated, idempotent", true, Idempotent),
		faulty("faults, creates repeated, answered 409", true, Unique),
	}
}

// faulty is a scenario in which four attempts of a hundred fail. Its time is not what it is about. So many attempts are
// allowed that no call runs out of them by bad luck, and nobody else writes, so that repeats may come late.
func faulty(name string, repeat bool, ids ExternalIDs) Scenario {
	return Scenario{
		Name: name, Pools: []Pool{{Workers: 64, Calls: 3000, Creates: 0.4}},
		Faults:      Faults{Unavailable: 0.02, CutBefore: 0.01, CutAfter: 0.01},
		ExternalIDs: ids, RetryCreates: repeat,
		Options: []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 10, RetryWindow: time.Hour})},
		Bounds:  Bounds{First: -1, Share: 0.01},
	}
}
