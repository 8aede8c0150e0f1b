package main

import (
	"fmt"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// rows returns the table's rows. They have fewer calls than in virtual time, for two windows and a part of the third. A reset
// has whole seconds, so the second window may begin a second late. That is 0.8 % of the time here, and 0.2 % there.
func rows() []row {
	alone := ratelimit.Config{Reserve: -1}
	updates := func(processes, workers, calls int, maxRatio float64) []group {
		return []group{{processes: processes, workers: workers, calls: calls, maxRatio: maxRatio}}
	}
	eight := func(name string, i *incident) row {
		return row{name: name, config: alone, limit: 1000, groups: updates(8, 8, 2600, 1.03), incident: i, maxRefused: 10. / 2600}
	}
	plain := eight("8 processes of 8 workers", nil)
	plain.groups[0].maxRatio, plain.maxRefused, plain.maxPerCall, plain.minShare = 1.018, 0.001, 0.35, 0.85
	hot := func(processes int) row {
		return row{
			name: fmt.Sprintf("hot conversation of %d, and 1 process for others", processes), config: alone, limit: 1000, objectLimit: 100,
			groups: []group{
				{processes: processes, workers: 24 / processes, calls: 290, maxRatio: 1.2, target: oneConversation},
				{processes: 1, workers: 40, calls: 2400},
			},
		}
	}
	shared := hot(8)
	shared.maxKeyRefused = 4 // in virtual time, one process has 58 in 30 windows
	failing := eight("sentinel failover", failover)
	failing.sentinels = true
	return []row{
		plain,
		{
			name: "32 processes of 4 workers", config: alone, limit: 1000, groups: updates(32, 4, 2600, 1.02),
			maxRefused: 0.002, maxPerWindow: 30, minShare: 0.8,
		},
		{
			name: "32 processes of 4 workers, 300 a minute", config: alone, limit: 300, groups: updates(32, 4, 900, 1.03),
			// In two windows, a process has only 19 calls. In virtual time, it has 94 in ten, and the share is above 0.8.
			maxRefused: 0.002, maxPerWindow: 30, minShare: 0.7,
		},
		{
			name: "processes of 25 calls, 16 at a time, 300 a minute", config: alone, limit: 300, lifetime: 25,
			groups: updates(16, 4, 1200, 1.02), maxRefused: 0.003,
		},
		{
			name: "creates for one customer", config: alone, limit: 1000,
			groups: []group{{processes: 8, workers: 5, calls: 320, maxRatio: 1.05, target: oneCustomer, load: load{Creates: true}}},
		},
		hot(1),
		shared,
		{
			name: "interactive calls beside 7 background jobs", config: ratelimit.Config{BackgroundReserve: 0.15}, limit: 1000,
			groups: []group{
				{processes: 7, workers: 8, calls: 2000, load: load{Background: true}},
				{processes: 1, load: load{Every: window / 120, Patience: window / 10}, minDone: 0.99},
			},
		},
		eight("kill -9 of one process", killProcess),
		eight("the store is flushed", flush),
		eight("the store restarts", restart),
		eight("the store is down for 10 s", down),
		eight("the store is stopped for 6 s", pause),
		failing,
		// Each has two calls to make, and all ask when the second window begins. On two cores, many exceed the patience then.
		{
			name: "1,000 members in 8 processes", config: alone, limit: 1000, members: 125,
			groups:     []group{{processes: 8, workers: 125, calls: 1900, maxRatio: 1.5, load: load{Spread: window / 6}}},
			maxRefused: 0.002,
		},
	}
}
