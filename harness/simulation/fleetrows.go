package simulation

import (
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// FleetScenarios returns the scenarios of members that share a pool. Each is followed by the same one without a pool, for
// comparison.
func FleetScenarios() (all []Scenario) {
	for _, s := range sharing() {
		without := s
		f := *s.Fleet
		f.NoPool = true
		without.Name, without.Fleet = s.Name+", no pool", &f
		all = append(all, s)
		if f.Flush+f.Down == 0 {
			all = append(all, without)
		}
	}
	return all
}

func sharing() []Scenario {
	alone := ratelimit.Config{Reserve: -1}
	workers := func(n, calls int, maxRatio float64) []Load {
		return []Load{{Workers: n, Calls: calls, MaxRatio: maxRatio}}
	}
	eight := func(name string, f Fleet, maxRatio float64, maxRefused int) Scenario {
		return Scenario{
			Name: name, Limiter: alone, Members: 8, Fleet: &f,
			Loads: workers(64, 10000, maxRatio), MaxRefused: maxRefused,
		}
	}
	const middle = 3*window + 500*time.Millisecond // while the budget of a window is being spent
	plain := eight("pool: 8 processes of 8 workers", Fleet{MaxPerCall: 0.35}, 1.01, 10)
	plain.MinShare = 0.85
	return []Scenario{
		plain,
		{
			Name: "pool: 32 processes of 4 workers", Limiter: alone, Members: 32, Fleet: &Fleet{MaxPerWindow: 30},
			Loads: workers(128, 10000, 1.02), MaxRefused: 20, MinShare: 0.8,
		},
		{
			Name: "pool: 32 processes of 4 workers, 300 per minute", Limiter: alone, Members: 32, Limit: 300,
			Fleet: &Fleet{MaxPerWindow: 30},
			Loads: workers(128, 3000, 1.03), MaxRefused: 6, MinShare: 0.8,
		},
		{
			Name: "pool: processes of 25 calls, 16 at a time, 300 per minute", Limiter: alone, Members: 16, Limit: 300,
			Fleet: &Fleet{Lifetime: 25},
			Loads: workers(64, 3200, 1.02), MaxRefused: 9,
		},
		{
			Name: "pool: creates for one customer by 8 processes", Limiter: alone, Members: 8, Fleet: &Fleet{},
			Loads: []Load{{Workers: 40, Calls: 480, Target: OneCustomer, MaxRatio: 1.05}}, MaxKeyRefused: 40,
		},
		{
			Name: "pool: one hot conversation of 8 processes", Limiter: alone, Members: 8, ObjectLimit: 100, Fleet: &Fleet{},
			Loads: []Load{
				{Workers: 45, Calls: 6500, MaxRatio: 1.02},
				{Name: "that conversation", Workers: 19, Calls: 3000, Target: OneConversation, MaxRatio: 1.2},
			},
			MaxRefused: 10, MaxKeyRefused: 330,
		},
		{
			Name: "pool: interactive calls beside 7 background jobs", Limiter: ratelimit.Config{Reserve: -1, BackgroundReserve: 0.15}, Members: 8,
			Fleet: &Fleet{},
			Loads: []Load{
				{Workers: 56, Calls: 8000, Background: true, Members: 7, MaxRatio: 1.13},
				{Name: "calls", Every: window / 240, FirstMember: 7, Members: 1, Patience: window / 10, MinDone: 0.99},
			},
			MaxRefused: 10,
		},
		eight("pool: 1 of 8 processes is killed", Fleet{Kill: middle}, 1.015, 20),
		eight("pool: the pool loses its memory", Fleet{Flush: middle}, 1.015, 20),
		eight("pool: 10 s without the pool", Fleet{Down: middle}, 1.015, 20),
		eight("pool: 10 s in which the pool hangs", Fleet{Down: middle, Hang: true}, 1.015, 20),
	}
}
