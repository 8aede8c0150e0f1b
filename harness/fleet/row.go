package main

import (
	"time"

	"github.com/kustomer-go/kustomer/harness/simulation"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// window is the length of the windows of all limits.
const window = time.Minute

// A row is a workload of worker processes, what happens to them, and the bounds of the result.
type row struct {
	name   string
	groups []group // the first one's time is the row's

	config             ratelimit.Config
	limit, objectLimit int
	members            int       // in each process; 0 is 1
	lifetime           int       // calls of a process, after which the next one takes its place; 0 is all
	sentinels          bool      // the store is a primary and a replica, watched by sentinels
	incident           *incident // in the second window, while its budget is being spent

	// Bounds. 0 is any.
	maxRefused   float64 // 429s of the organisation's limit, as a share of the calls
	maxPerCall   float64 // exchanges
	maxPerWindow float64 // exchanges of a process in 60 s
	minShare     float64 // see [result.leastShare]
	// maxKeyRefused is how many 429s of the limit of a conversation may come in a window, on average. Those of the first
	// window do not count, because they show the limit.
	maxKeyRefused float64
}

// A group is processes that make calls of one kind.
type group struct {
	processes, workers int // workers of each process
	calls              int // of all
	target             target
	load
	maxRatio float64 // of the time to the optimum; 0 is any
	minDone  float64 // share of the calls that succeed, with Every
}

// A target is what the calls of a group are for.
type target uint8

const (
	manyConversations target = iota
	oneConversation
	oneCustomer
)

// createLimit is how many conversations may be created for one customer per window.
const createLimit = 120

// optimum is the time that an optimal client needs for the calls of a group.
func (r *run) optimum(g group) time.Duration {
	c := simulation.OptimalClient{
		Workers: g.processes * g.workers, Calls: g.calls, Latency: latencies(r.seed), Limit: r.limit, Hold: r.others(),
	}
	switch g.target {
	case oneConversation:
		c.Limit, c.Hold = r.objectLimit, 0
	case oneCustomer:
		c.Limit, c.Hold = createLimit, 0
	}
	return c.Time()
}

// others is what the reserve and the groups besides the one for many conversations use of the organisation's budget.
func (r row) others() (n int) {
	if r.config.Reserve == 0 {
		n = r.limit / 20 // the limiter's default
	}
	for _, g := range r.groups {
		switch {
		case g.target == oneConversation:
			n += r.objectLimit
		case g.Every > 0:
			n += g.processes * int(window/g.Every)
		}
	}
	return n
}
