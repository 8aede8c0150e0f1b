package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// A result is what a run has measured.
type result struct {
	row
	groups     []groupResult
	processes  int
	refused    int   // 429s of the organisation's limit
	keyRefused []int // 429s of the limit of a conversation or customer, in each window

	exchanges, mostExchanges int           // of all processes, and the most of one
	server                   time.Duration // that the store has worked for an exchange
	leastUsed                float64       // share of the budget that was used in a window, the last one excepted
	// leastShare is how many calls the slowest process of the first group had made after two windows, relative to the
	// average. 1 is fair.
	leastShare float64
	detached   int // events
	// held is the longest exchange that detached a member, for which its calls may have waited.
	held time.Duration
	// back is how long after the store's return the last member was attached.
	back time.Duration
	lost int // members that were never attached again
}

// A groupResult is what a run has measured of one group.
type groupResult struct {
	time, optimum time.Duration
	calls, failed int
	err           string // of one call that failed
}

// measure evaluates what the processes have reported.
func (r *run) measure(ctx context.Context) (*result, error) {
	result := &result{row: r.row, refused: r.fake.refused, keyRefused: r.fake.refusedPerWindow(), leastUsed: r.fake.leastUsed()}
	result.groups = make([]groupResult, len(r.row.groups))
	for i, g := range r.row.groups {
		if g.Every == 0 {
			result.groups[i].optimum = r.optimum(g)
		}
	}
	for _, p := range r.places {
		g := &result.groups[p.group]
		for _, process := range p.processes {
			result.processes++
			result.exchanges += int(process.exchanges)
			result.mostExchanges = max(result.mostExchanges, int(process.exchanges))
			for _, c := range process.calls {
				g.calls++
				g.time = max(g.time, c.Ended.Sub(r.began))
				if c.Error != "" {
					g.failed, g.err = g.failed+1, c.Error
				}
			}
			if !process.killed.Load() {
				result.follow(process.events, r.over)
			}
		}
	}
	result.leastShare = r.leastShare()
	var err error
	result.server, err = r.serverTime(ctx)
	return result, err
}

// leastShare compares the processes of the first group, except those that were killed.
func (r *run) leastShare() float64 {
	least, all, processes := math.MaxInt, 0, 0
	for _, p := range r.places {
		if p.group > 0 || p.processes[0].killed.Load() {
			continue
		}
		early := 0
		for _, process := range p.processes {
			for _, c := range process.calls {
				if c.Ended.Sub(r.began) <= 2*window {
					early++
				}
			}
		}
		least, all, processes = min(least, early), all+early, processes+1
	}
	return float64(least) / (float64(all) / float64(processes))
}

// follow evaluates the events of a process, which take turns.
func (r *result) follow(events []event, over time.Time) {
	for i, e := range events {
		if !e.Attached {
			r.detached++
			r.held = max(r.held, e.Took)
		}
		if e.Attached || e.At.After(over) {
			continue
		}
		switch { // was it detached when the incident was over?
		case i+1 == len(events):
			r.lost++
		case events[i+1].At.After(over):
			r.back = max(r.back, events[i+1].At.Sub(over))
		}
	}
}

var serverTime = regexp.MustCompile(`cmdstat_evalsha:calls=(\d+),usec=(\d+)`)

// serverTime asks the store how long an exchange takes it. That includes what other programs take on the same CPUs.
func (r *run) serverTime(ctx context.Context) (time.Duration, error) {
	stats := r.store.serving().Do(ctx, "INFO", "commandstats")
	match := serverTime.FindStringSubmatch(stats.String())
	if match == nil {
		return 0, cmp.Or(stats.Err(), fmt.Errorf("the store has no statistics of exchanges: %s", stats))
	}
	calls, _ := strconv.ParseFloat(match[1], 64)
	microseconds, _ := strconv.ParseFloat(match[2], 64)
	return time.Duration(microseconds / calls * float64(time.Microsecond)), nil
}
