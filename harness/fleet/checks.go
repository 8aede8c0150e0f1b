package main

import (
	"fmt"
	"math"
	"time"
)

const (
	// maxHeld is how long calls may wait for a store that has failed: the limiter's patience, and what the system takes
	// to wake a process up.
	maxHeld = 100*time.Millisecond + 20*time.Millisecond
	// maxBack is the time in which members are attached after the store's return.
	maxBack = 2 * time.Second
)

// A check compares one measured value with its bound.
type check struct {
	text string // the bound
	got  string
	ok   bool
}

// checks compares the values that have a bound.
func (r *result) checks() (checks []check) {
	add := func(ok bool, got any, format string, args ...any) {
		checks = append(checks, check{fmt.Sprintf(format, args...), fmt.Sprint(got), ok})
	}
	for i, g := range r.row.groups {
		m := r.groups[i]
		done := 1 - float64(m.failed)/float64(m.calls)
		if g.Every > 0 {
			add(done >= g.minDone, percent(done), "%s of the calls wait at most %s", percent(g.minDone), g.Patience)
			continue
		}
		if g.maxRatio > 0 {
			ratio := m.time.Seconds() / m.optimum.Seconds()
			add(ratio <= g.maxRatio, fmt.Sprintf("%.3f", ratio), "ratio %.3f", g.maxRatio)
		}
		lost := g.calls - m.calls
		if r.killsProcess() {
			lost -= g.workers // it may have taken them from the queue
		}
		if m.failed > 0 || lost > 0 {
			add(false, fmt.Sprintf("%d failed, %d are missing, %s", m.failed, lost, m.err), "all calls succeed")
		}
	}
	if r.maxRefused > 0 {
		most := int(math.Ceil(r.maxRefused * float64(r.row.groups[0].calls)))
		add(r.refused <= most, r.refused, "429s %d", most)
	}
	if r.maxKeyRefused > 0 {
		later := float64(sum(r.keyRefused[1:])) / float64(len(r.keyRefused)-1)
		add(later <= r.maxKeyRefused, fmt.Sprintf("%.1f", later), "429s of the conversation in a window %.1f", r.maxKeyRefused)
	}
	if r.maxPerCall > 0 {
		add(r.perCall() <= r.maxPerCall, fmt.Sprintf("%.2f", r.perCall()), "exchanges per call %.2f", r.maxPerCall)
	}
	if r.maxPerWindow > 0 {
		add(r.perWindow() <= r.maxPerWindow, fmt.Sprintf("%.1f", r.perWindow()), "exchanges per process and window %.0f", r.maxPerWindow)
	}
	if r.minShare > 0 {
		add(r.leastShare >= r.minShare, fmt.Sprintf("%.2f", r.leastShare), "least share %.2f", r.minShare)
	}
	if r.incident != nil {
		add(r.leastUsed == 1, percent(r.leastUsed), "budget used 100 %%")
		add(r.held <= maxHeld, r.held, "calls held %s", maxHeld)
		add(r.back <= maxBack && r.lost == 0, fmt.Sprintf("%s, never: %d", r.back, r.lost), "back within %s", maxBack)
		if r.incident.detach {
			add(r.detached >= r.processes, r.detached, "detached %d", r.processes)
		}
	}
	return checks
}

func sum(numbers []int) (n int) {
	for _, m := range numbers {
		n += m
	}
	return n
}

func (r *result) killsProcess() bool { return r.incident != nil && r.incident.kills }

func (r *result) calls() (n int) {
	for _, g := range r.groups {
		n += g.calls
	}
	return n
}

func (r *result) perCall() float64 { return float64(r.exchanges) / float64(r.calls()) }

// perWindow returns how many exchanges a process had in 60 s, for the process with the most.
func (r *result) perWindow() float64 {
	return float64(r.mostExchanges) * window.Seconds() / r.groups[0].time.Seconds()
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
