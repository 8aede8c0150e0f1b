package simulation

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// result returns a result that just meets each bound, changed by change.
func result(change func(*Result)) Result {
	r := Result{
		Scenario: Scenario{
			Name: "row",
			Loads: []Load{
				{MaxRatio: 1.01},
				{Name: "hot", MaxRatio: 1.2},
				{Name: "interactive", Every: time.Second, MinDone: 0.99},
			},
			MaxRefused: 10, MaxKeyRefused: 20, MaxNeighbourRefused: 0.01, MinShare: 0.5,
		},
		Seed: 1,
		Loads: []LoadResult{
			{Time: 101 * time.Second, Optimum: 100 * time.Second, Calls: 1000},
			{Time: 12 * time.Second, Optimum: 10 * time.Second, Calls: 100},
			{Calls: 100, Failed: 1, Err: errors.New("too late")},
		},
		Refused: 10, KeyRefused: 20, NeighbourSent: 100, NeighbourRefused: 1, LeastShare: 0.5,
	}
	change(&r)
	return r
}

func TestMisses(t *testing.T) {
	never := Regime{Reset: kustomertest.ResetNever}
	for name, test := range map[string]struct {
		change func(*Result)
		want   string // "" if no bound is missed
	}{
		"all bounds met":            {func(*Result) {}, ""},
		"too slow":                  {func(r *Result) { r.Loads[0].Time = 102 * time.Second }, "1.0200 of 1.0100"},
		"slower, without a reset":   {func(r *Result) { r.Regime, r.Loads[0].Time = never, 107*time.Second }, ""},
		"too slow, without a reset": {func(r *Result) { r.Regime, r.Loads[0].Time = never, 108*time.Second }, "1.0800 of 1.0700"},
		"second load too slow":      {func(r *Result) { r.Loads[1].Time = 13 * time.Second }, "ratio of hot: 1.300 of 1.200"},
		"429s":                      {func(r *Result) { r.Refused = 11 }, "11 of 10"},
		"more without a reset":      {func(r *Result) { r.Regime, r.Refused = never, 19 }, ""},
		"too many without a reset":  {func(r *Result) { r.Regime, r.Refused = never, 20 }, "20 of 19"},
		"429s of one conversation":  {func(r *Result) { r.KeyRefused = 21 }, "21 of 20"},
		"these 429s without a bound": {func(r *Result) {
			r.KeyRefused, r.Scenario.MaxKeyRefused = 1, 0
		}, "1 of 0"},
		"neighbour refused":  {func(r *Result) { r.NeighbourRefused = 2 }, "neighbour refused: 2.0 % of 1.0 %"},
		"unfair":             {func(r *Result) { r.LeastShare = 0.49 }, "0.49, at least 0.50"},
		"interactive calls":  {func(r *Result) { r.Loads[2].Failed = 2 }, "98.0 %, at least 99.0 %"},
		"too many exchanges": {func(r *Result) { r.Scenario.Fleet, r.Exchanges = &Fleet{MaxPerCall: 0.35}, 351 }, "exchanges per call: 0.35 of 0.35"},
		"too many exchanges of one process": {func(r *Result) {
			r.Scenario.Fleet, r.Exchanges, r.MostExchanges = &Fleet{MaxPerWindow: 30}, 60, 51
		}, "per process and window: 30.3 of 30"},
		"unfair, for comparison": {func(r *Result) { r.LeastShare, r.Scenario.Fleet = 0, &Fleet{NoPool: true} }, ""},
		"a call failed":          {func(r *Result) { r.Loads[1].Failed, r.Loads[1].Err = 1, errors.New("lost") }, "1 of 100 calls failed, one with: lost"},
	} {
		got := strings.Join(result(test.change).Misses(), "; ")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: missed %q, want %q", name, got, test.want)
		}
	}
}

// Clients without a limiter miss the bounds.
func TestNaiveClientsMiss(t *testing.T) {
	s := Scenario{Loads: []Load{{Workers: 64, Calls: 2000, MaxRatio: 1.01}}, Naive: true, Limiter: ratelimit.Config{Reserve: -1}, MaxRefused: 1}
	r := s.Run(t, Regime{}, 1)
	if misses := r.Misses(); len(misses) == 0 || r.Refused < 1000 {
		t.Errorf("%d refusals, and the bounds missed are %q", r.Refused, misses)
	}
	if l := r.Loads[0]; l.Failed > 0 || l.Calls != 2000 {
		t.Errorf("%d of %d calls failed: %v", l.Failed, l.Calls, l.Err)
	}
}

// The calls, the members and their shares are counted as they happen.
func TestMeasure(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	r := &run{Scenario: Scenario{Loads: []Load{{}, {}, {Every: time.Second}}}, members: make([]member, 2), refused: 3, keyRefused: 4, calls: []call{
		{0, 0, at(11), at(12), nil}, {1, 1, at(10), at(13), nil}, {0, 0, at(13), at(14), errors.New("lost")}, {0, 1, at(15), at(20), nil}, {2, 1, at(12), at(21), nil},
	}}
	got := Result{Loads: make([]LoadResult, 3)}
	got.measure(r)
	if l := got.Loads[0]; l.Time != 10*time.Second || l.Calls != 3 || l.Failed != 1 || l.Err == nil {
		t.Errorf("load 0: %+v", l)
	}
	if l := got.Loads[1]; l.Time != 3*time.Second || l.Calls != 1 || l.Failed != 0 {
		t.Errorf("load 1: %+v", l)
	}
	// At 14 the first member is done, and the other one has made one of two calls.
	if got.LeastShare != 0.5 || got.Refused != 3 || got.KeyRefused != 4 {
		t.Errorf("least share %v, %d and %d refused", got.LeastShare, got.Refused, got.KeyRefused)
	}
}

// A call that never ends fails when the context ends.
func TestStuckRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Scenario{Limit: 5, Limiter: ratelimit.Config{Reserve: -1}, Loads: []Load{{Workers: 10, Calls: 100}}}
		r := newRun(t, s, Regime{}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		r.work(ctx)
		result := Result{Loads: make([]LoadResult, 1)}
		if result.measure(r); result.Loads[0].Calls != 100 || result.Loads[0].Failed != 90 {
			t.Errorf("%+v", result.Loads[0])
		}
	})
}
