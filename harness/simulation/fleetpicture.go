package simulation

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"text/template"
	"time"
)

// A FleetRecording is a run of a fleet whose pool fails for a while, measured each [step].
type FleetRecording struct {
	Limit   int
	Windows int
	Off, On time.Duration // the pool fails from Off to On

	Left    []int   // of the budget
	Done    [][]int // of each member: its calls that have ended in this window
	Refused []int   // requests of all members, since the begin
}

// RecordFleet runs a scenario with aligned windows. The pool fails from off to on, from the begin. Two runs are not the same,
// because members wait random times before they ask the pool again.
func (s Scenario) RecordFleet(t *testing.T, seed uint64, windows int, off, on time.Duration) (rec FleetRecording) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t, s, Regime{Aligned: true}, seed)
		began, length := time.Now(), time.Duration(windows)*window
		rec = FleetRecording{Limit: s.limit(), Windows: windows, Off: off, On: on}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { r.work(ctx) })
		for at := step; at < length; at += step {
			// A microsecond later, so that nothing happens at the same time.
			sleepUntil(ctx, began.Add(at+time.Microsecond))
			r.store.fail(at >= off && at < on)
			used, _ := r.srv.Budget()
			r.mu.Lock()
			rec.Left, rec.Refused = append(rec.Left, rec.Limit-used), append(rec.Refused, r.refused)
			r.mu.Unlock()
		}
		cancel()
		wg.Wait()
		for i, m := range r.members {
			r.close(m)
			rec.Done = append(rec.Done, r.done(i, began, len(rec.Left)))
		}
	})
	return rec
}

// fail makes each exchange fail, or no longer.
func (s *store) fail(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// done returns how many calls of a member have ended in the current window, at each step.
func (r *run) done(member int, began time.Time, steps int) []int {
	done := make([]int, steps)
	for _, c := range r.calls {
		at := c.ended.Sub(began)
		if c.member != member || c.err != nil {
			continue
		}
		for i := int(at / step); i < steps && i < int((at/window+1)*(window/step))-1; i++ {
			done[i]++
		}
	}
	return done
}

// The texts of the template describe the scenario of BenchmarkFleet, and its axes end at maxLeft, maxTotalRefused
// and maxDone.
//
//go:embed fleet.svg.tmpl
var fleetTemplate string

const maxLeft, maxTotalRefused, maxDone = 1000, 120, 60

// WriteFleetSVG draws a recording.
func WriteFleetSVG(w io.Writer, rec FleetRecording) error {
	most := 0
	for _, values := range rec.Done {
		most = max(most, slices.Max(values))
	}
	if rec.Limit > maxLeft || last(rec.Refused) > maxTotalRefused || most > maxDone {
		return fmt.Errorf("the axes of fleet.svg.tmpl are too short for a budget of %d, %d refused requests and %d calls of a member",
			rec.Limit, last(rec.Refused), most)
	}
	end := time.Duration(rec.Windows) * window
	x := func(at time.Duration) float64 { return 60 + 810*float64(at)/float64(end) }
	funcs := template.FuncMap{
		"thousands": thousands, "x": x, "window": func(n int) time.Duration { return time.Duration(n) * window },
		"stairs": func(bottom, height, maximum int, values []int) string {
			return stairs(x, bottom, height, maximum, values)
		},
	}
	return template.Must(template.New("").Funcs(funcs).Parse(fleetTemplate)).Execute(w, map[string]any{
		"Rec": rec, "MaxLeft": maxLeft, "MaxRefused": maxTotalRefused, "MaxDone": maxDone, "Minutes": rec.Windows + 1,
		"Stretches": []stretch{
			rec.stretch("The store is up", 0, rec.Off), rec.stretch("It fails", rec.Off, rec.On), rec.stretch("It is back", rec.On, end),
		},
	})
}

// stairs returns the path of values in a chart, from the lower left corner.
func stairs(x func(time.Duration) float64, bottom, height, maximum int, values []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %d", x(0), bottom)
	for i, v := range values {
		if i == 0 || v != values[i-1] {
			fmt.Fprintf(&b, "H%.1fV%.1f", x(time.Duration(i+1)*step), float64(bottom)-float64(height*v)/float64(maximum))
		}
	}
	fmt.Fprintf(&b, "H%.1f", x(time.Duration(len(values)+1)*step))
	return b.String()
}

// A stretch is what happened from one moment to another.
type stretch struct {
	Name        string
	From, To    time.Duration
	Refused     int
	Least, Most int // calls of a member in a window that began in the stretch
}

func (s stretch) Middle() time.Duration { return (s.From + s.To) / 2 }

func (rec FleetRecording) stretch(name string, from, to time.Duration) stretch {
	s := stretch{Name: name, From: from, To: to, Least: rec.Limit}
	at := func(d time.Duration) int { return min(int(d/step), len(rec.Refused)) - 1 }
	s.Refused = rec.Refused[at(to)]
	if from > 0 {
		s.Refused -= rec.Refused[at(from)]
	}
	for begin := (from + window - 1).Truncate(window); begin < to; begin += window {
		for _, values := range rec.Done {
			n := values[at(begin+window-step)]
			s.Least, s.Most = min(s.Least, n), max(s.Most, n)
		}
	}
	return s
}
