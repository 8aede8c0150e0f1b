package simulation

import (
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// The judge is judged: clients that only try again are found out.
func TestNaiveClientsMiss(t *testing.T) {
	s := Scenario{Pools: []Pool{{Workers: 64, Calls: 2000}}, Naive: true, Bounds: Bounds{Ratio: 1.01, First: 1}}
	r := s.Run(t, Regime{}, 1)
	if misses := r.Misses(); len(misses) == 0 || r.First < 1000 {
		t.Errorf("%d refusals in the first window, and all that was missed is %v", r.First, misses)
	}
	if r.Lost > 0 || r.OK != 2000 || r.Accepted != 2000 {
		t.Errorf("%d lost, %d done, %d accepted: %v", r.Lost, r.OK, r.Accepted, r.LostErr)
	}
}

func TestMisses(t *testing.T) {
	bounds := Bounds{Ratio: 1.01, First: 1, ObjectPerWindow: 12, AsideRatio: 1.2, Slowest: time.Minute, NeighbourRefused: 0.01}
	share := Bounds{First: -1, Share: 0.01, ObjectShare: 0.04}
	never := Regime{Reset: kustomertest.ResetNever}
	good := func(r Result) Result {
		if r.Optimum == 0 {
			r.Time, r.Optimum = 101*time.Second, 100*time.Second
		}
		r.Accepted = 1000
		return r
	}
	with := func(b Bounds) Scenario { return Scenario{Bounds: b} }
	for _, tt := range []struct {
		name string
		r    Result
		want string // in what was missed; empty is nothing
	}{
		{"all reached", Result{Scenario: with(bounds), First: 1, ObjectMost: 12, Slowest: time.Minute, Neighbour: spent{100, 1}}, ""},
		{"too slow", Result{Scenario: with(bounds), Time: 102 * time.Second, Optimum: 100 * time.Second}, "took 102.00 s of 101.00 s"},
		{"slow, without a reset", Result{Scenario: with(bounds), Regime: never, Time: 107 * time.Second, Optimum: 100 * time.Second}, ""},
		{"too slow, without a reset", Result{Scenario: with(bounds), Regime: never, Time: 108 * time.Second, Optimum: 100 * time.Second}, "took"},
		{"refused twice", Result{Scenario: with(bounds), First: 2}, "2 refusals in the first window"},
		{"refused later", Result{Scenario: with(bounds), After: 1}, "1 after"},
		{"refused, without a reset", Result{Scenario: with(bounds), Regime: never, First: 10}, ""},
		{"refused later, without a reset", Result{Scenario: with(bounds), Regime: never, First: 10, After: 1}, "1 after"},
		{"anywhere", Result{Scenario: with(Bounds{First: 1, Anywhere: true}), After: 1}, ""},
		{"twice anywhere", Result{Scenario: with(Bounds{First: 1, Anywhere: true}), First: 1, After: 1}, "2 refusals"},
		{"share", Result{Scenario: with(share), First: 5, After: 5, ObjectMost: 40, ObjectAll: 40}, ""},
		{"share of all", Result{Scenario: with(share), First: 5, After: 6}, "11 refusals of 1000"},
		{"share of other limits", Result{Scenario: with(share), ObjectMost: 30, ObjectAll: 41}, "41 refusals of other limits"},
		{"object", Result{Scenario: with(bounds), ObjectMost: 13, ObjectAll: 13}, "up to 13"},
		{"hot calls starve", Result{Scenario: with(bounds), AsideTime: 13 * time.Second, AsideOptimum: 10 * time.Second}, "hot calls"},
		{"held up", Result{Scenario: with(bounds), Slowest: time.Hour}, "a call took"},
		{"neighbour", Result{Scenario: with(bounds), Neighbour: spent{100, 2}}, "refused 2.0 %"},
		{"lost", Result{Scenario: with(bounds), Lost: 1}, "1 calls lost"},
		{"unknown update", Result{Scenario: with(bounds), Unknown: 2, Audit: audit{unknown: 1}}, "1 outcomes unknown"},
		{"duplicate", Result{Scenario: with(bounds), Audit: audit{duplicates: 1}}, "1 duplicates"},
		{"missing", Result{Scenario: with(bounds), Audit: audit{missing: 1}}, "not there"},
		{"unreported", Result{Scenario: with(bounds), Audit: audit{unreported: 1}}, "not told as unknown"},
		{"false alarm", Result{Scenario: with(bounds), Audit: audit{falseAlarm: 1}}, "without reason"},
		{"no hint", Result{Scenario: with(bounds), Audit: audit{noHint: 1}}, "without a hint"},
	} {
		got := strings.Join(good(tt.r).Misses(), "; ")
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: missed %q, want %q", tt.name, got, tt.want)
		}
	}
}
