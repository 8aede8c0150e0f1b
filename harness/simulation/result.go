package simulation

import (
	"fmt"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A Result is what a run has measured.
type Result struct {
	Scenario Scenario
	Regime   Regime
	Seed     uint64

	Loads            []LoadResult // in the order of the scenario's
	Refused          int          // 429s of the organisation's limit
	KeyRefused       int          // 429s of the limit of one conversation or customer
	NeighbourSent    int
	NeighbourRefused int
	// LeastShare compares the members when the first of them had made all of its calls: how many the slowest one had made
	// then, relative to its own total. 1 is fair.
	LeastShare float64
	// Exchanges is how many exchanges with the pool the members had, and MostExchanges is how many one of them had.
	Exchanges, MostExchanges int
}

// A LoadResult is what a run has measured of one load.
type LoadResult struct {
	Time, Optimum time.Duration
	Calls, Failed int
	Err           error // of one call that failed
}

// measure evaluates the calls.
func (result *Result) measure(r *run) {
	result.Refused, result.KeyRefused = r.refused, r.keyRefused
	began := slices.MinFunc(r.calls, func(a, b call) int { return a.began.Compare(b.began) }).began
	ended := make([]time.Time, len(r.members))
	total, early := make([]float64, len(r.members)), make([]float64, len(r.members))
	for _, c := range r.calls { // in the order in which they ended
		l := &result.Loads[c.load]
		l.Time = c.ended.Sub(began)
		l.Calls++
		if c.err != nil {
			l.Failed, l.Err = l.Failed+1, c.err
		}
		if r.Scenario.Loads[c.load].Every == 0 {
			ended[c.member] = c.ended
			total[c.member]++
		}
	}
	if r.store != nil {
		for _, n := range r.store.exchanges {
			result.Exchanges, result.MostExchanges = result.Exchanges+n, max(result.MostExchanges, n)
		}
	}
	first := r.calls[len(r.calls)-1].ended
	for member, at := range ended {
		if total[member] > 0 {
			first = earliest(first, at)
		}
	}
	for _, c := range r.calls {
		if r.Scenario.Loads[c.load].Every == 0 && !c.ended.After(first) {
			early[c.member]++
		}
	}
	result.LeastShare = 1
	for member := range r.members {
		if total[member] > 0 {
			result.LeastShare = min(result.LeastShare, early[member]/total[member])
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Without a reset, the client has to find out when a window ends. It may take more time, and get more refusals.
const (
	moreTime    = 6 * time.Second
	moreRefused = 9
)

// A check compares one measured value with its bound.
type check struct {
	text string
	ok   bool
}

// ratio returns the time of a load relative to its optimum, and how much of that is allowed.
func (r Result) ratio(load int) (measured, allowed float64) {
	l := r.Loads[load]
	allowed = r.Scenario.Loads[load].MaxRatio
	if r.Regime.Reset == kustomertest.ResetNever {
		allowed += moreTime.Seconds() / l.Optimum.Seconds()
	}
	return l.Time.Seconds() / l.Optimum.Seconds(), allowed
}

// checks compares all values with their bounds. The first two are the time of the first load and the refusals.
func (r Result) checks() (all []check) {
	add := func(ok bool, format string, args ...any) { all = append(all, check{fmt.Sprintf(format, args...), ok}) }
	s := r.Scenario
	measured, allowed := r.ratio(0)
	add(measured <= allowed, "%.4f of %.4f", measured, allowed)
	most := s.MaxRefused
	if r.Regime.Reset == kustomertest.ResetNever {
		most += moreRefused
	}
	add(r.Refused <= most, "%d of %d", r.Refused, most)
	for i, l := range s.Loads {
		m := r.Loads[i]
		if l.Every > 0 {
			done := 1 - float64(m.Failed)/float64(m.Calls)
			add(done >= l.MinDone, "%s done within %s: %.1f %%, at least %.1f %%", l.Name, l.patience(), 100*done, 100*l.MinDone)
			continue
		}
		if measured, allowed := r.ratio(i); i > 0 {
			add(measured <= allowed, "ratio of %s: %.3f of %.3f", l.Name, measured, allowed)
		}
		if m.Failed > 0 {
			add(false, "%d of %d calls failed, one with: %v", m.Failed, m.Calls, m.Err)
		}
	}
	if s.MaxKeyRefused > 0 || r.KeyRefused > 0 {
		add(r.KeyRefused <= s.MaxKeyRefused, "429s of one record: %d of %d", r.KeyRefused, s.MaxKeyRefused)
	}
	if s.MaxNeighbourRefused > 0 {
		share := float64(r.NeighbourRefused) / float64(r.NeighbourSent)
		add(share <= s.MaxNeighbourRefused, "neighbour refused: %.1f %% of %.1f %%", 100*share, 100*s.MaxNeighbourRefused)
	}
	if least := s.MinShare; least > 0 {
		add(r.LeastShare >= least, "least share of a process: %.2f, at least %.2f", r.LeastShare, least)
	}
	if f := s.Fleet; f != nil && r.Exchanges > 0 {
		perCall := float64(r.Exchanges) / float64(r.Loads[0].Calls)
		perWindow := float64(r.MostExchanges) * window.Seconds() / r.longest().Seconds()
		add(f.MaxPerCall == 0 || perCall <= f.MaxPerCall, "exchanges per call: %.2f of %s", perCall, bound(f.MaxPerCall))
		add(f.MaxPerWindow == 0 || perWindow <= f.MaxPerWindow, "per process and window: %.1f of %s", perWindow, bound(f.MaxPerWindow))
	}
	return all
}

// longest returns the time of the whole run.
func (r Result) longest() (d time.Duration) {
	for _, l := range r.Loads {
		d = max(d, l.Time)
	}
	return d
}

// bound formats a bound; 0 is none.
func bound(n float64) string {
	if n == 0 {
		return "any"
	}
	return fmt.Sprint(n)
}

// Misses describes the bounds that the run does not meet.
func (r Result) Misses() (misses []string) {
	if f := r.Scenario.Fleet; f != nil && f.NoPool {
		return nil // for comparison
	}
	for _, c := range r.checks() {
		if !c.ok {
			misses = append(misses, c.text)
		}
	}
	return misses
}
