package simulation

import (
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Scenarios returns the scenarios of the table. They have no reserve unless their name says so.
func Scenarios() []Scenario {
	alone := ratelimit.Config{Reserve: -1}
	workers := func(n, calls int, maxRatio float64) []Load {
		return []Load{{Workers: n, Calls: calls, MaxRatio: maxRatio}}
	}
	return []Scenario{
		{
			Name: "1 worker, limited by latency", Limiter: alone,
			Loads: workers(1, 3000, 1.01), MaxRefused: 1,
		},
		{
			Name: "1 worker, limited by the budget", Limiter: alone, Pace: 0.35,
			Loads: workers(1, 3000, 1.01), MaxRefused: 1,
		},
		{
			Name: "64 workers", Limiter: alone,
			Loads: workers(64, 10000, 1.01), MaxRefused: 1,
		},
		{
			Name:  "64 workers, default reserve",
			Loads: workers(64, 10000, 1.01), MaxRefused: 1,
		},
		{
			Name: "400 workers, 300 per minute", Limiter: ratelimit.Config{Reserve: -1, MaxInFlight: -1}, Limit: 300,
			Loads: workers(400, 3000, 1.01), MaxRefused: 1,
		},
		{
			Name: "8 processes of 8 workers", Limiter: alone, Members: 8,
			Loads: workers(64, 10000, 1.02), MaxRefused: 100, MinShare: 0.2,
		},
		{
			Name: "8 processes of 8 workers, default reserve", Members: 8,
			Loads: workers(64, 10000, 1.02), MaxRefused: 100, MinShare: 0.2,
		},
		{
			Name: "8 processes of 50 workers, 300 per minute", Members: 8, Limit: 300,
			Loads: workers(400, 3000, 1.05), MaxRefused: 300,
		},
		{
			Name: "neighbour takes half, in bursts", Limiter: alone,
			Neighbour: &Neighbour{PerWindow: 500, Burst: true, Windows: 6},
			Loads:     workers(64, 10000, 1.02), MaxRefused: 50,
		},
		{
			Name: "neighbour takes half, evenly", Limiter: alone,
			Neighbour: &Neighbour{PerWindow: 500, Windows: 6},
			Loads:     workers(64, 10000, 1.02), MaxRefused: 50,
		},
		{
			Name: "neighbour takes 15 %, reserve of 20 %", Limiter: ratelimit.Config{Reserve: 0.2},
			Neighbour: &Neighbour{PerWindow: 150},
			Loads:     workers(64, 10000, 1.02), MaxRefused: 50, MaxNeighbourRefused: 0.01,
		},
		{
			Name:      "neighbour takes 10 %, default reserve",
			Neighbour: &Neighbour{PerWindow: 100},
			Loads:     workers(64, 20000, 1.04), MaxRefused: 100, MaxNeighbourRefused: 0.02,
		},
		{
			Name: "30 % of the calls for one conversation", Limiter: alone, ObjectLimit: 100,
			Loads: []Load{
				{Workers: 45, Calls: 7000, MaxRatio: 1.02},
				{Name: "that conversation", Workers: 19, Calls: 3000, Target: OneConversation, MaxRatio: 1.2},
			},
			MaxRefused: 1, MaxKeyRefused: 360,
		},
		{
			Name: "creates for 2 customers", Limiter: alone,
			Loads: []Load{
				{Workers: 40, Calls: 480, Target: OneCustomer, MaxRatio: 1.02},
				{Name: "second customer", Workers: 20, Calls: 360, Target: OneCustomer, MaxRatio: 1.02},
			},
			MaxKeyRefused: 40,
		},
		{
			Name: "server's clock 45 s ahead, headers missing", Limiter: alone, Skew: 45 * time.Second,
			Faults: Faults{NoRateHeaders: 0.3, NoDate: 0.1},
			Loads:  workers(64, 10000, 1.03), MaxRefused: 20,
		},
		{
			Name: "server's clock 45 s behind, headers missing", Limiter: alone, Skew: -45 * time.Second,
			Faults: Faults{NoRateHeaders: 0.3, NoDate: 0.1},
			Loads:  workers(64, 10000, 1.03), MaxRefused: 20,
		},
		{
			// No one else writes, so retries may come late.
			Name: "4 % of the attempts fail", Limiter: alone, Faults: Faults{Failed: 0.04},
			Retry: client.RetryPolicy{MaxAttempts: 10, RetryWindow: time.Hour},
			Loads: workers(64, 9500, 1.02), MaxRefused: 100,
		},
		{
			Name: "a call per second during a background job", Limit: 300,
			Loads: []Load{
				{Workers: 64, Calls: 4000, Background: true, MaxRatio: 1.12},
				{Name: "calls", Every: time.Second, MinDone: 0.99},
			},
			MaxRefused: 10,
		},
	}
}
