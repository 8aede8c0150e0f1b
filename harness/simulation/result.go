package simulation

import (
	"fmt"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// Bounds are what a scenario must reach.
type Bounds struct {
	Ratio float64 // of the time to the optimum; 0 is any

	// Of the organisation's limit. Either a number in the first window and none after, or, where First is negative, a
	// share of the accepted calls.
	First int
	Share float64
	// Anywhere lets the number of First be in any window.
	Anywhere bool

	ObjectPerWindow  int           // refusals of an object's limit in one window
	ObjectShare      float64       // refusals of an object's limit, as a share of the accepted calls
	AsideRatio       float64       // as Ratio, of the pools that stand aside: they may be slow, but not starve
	Slowest          time.Duration // of the calls that count; 0 is any
	NeighbourRefused float64       // share of a neighbour's requests; 0 is any
}

// A Result is what came of one run.
type Result struct {
	Scenario
	Regime Regime
	Seed   uint64

	Time, Optimum time.Duration
	// Of the pools that stand aside.
	AsideTime, AsideOptimum time.Duration
	Accepted                int
	First, After            int // refusals of the organisation's limit
	ObjectMost              int // refusals of another limit: the most in one window, and all
	ObjectAll               int
	OK, Unknown             int
	Lost                    int
	LostErr                 error
	Slowest                 time.Duration // of the calls that count
	Neighbour               spent
	Audit                   audit
}

func (r *Result) take(st *stage, tallies []*tally) {
	for i, t := range tallies {
		r.OK += t.ok
		r.Unknown += t.unknown
		r.Lost += t.lost
		if t.lostErr != nil {
			r.LostErr = t.lostErr
		}
		if st.Pools[i].Aside {
			r.AsideTime = max(r.AsideTime, t.last.Sub(t.first))
		} else {
			r.Time = max(r.Time, t.last.Sub(t.first))
			r.Slowest = max(r.Slowest, t.slowest)
		}
	}
	l := st.ledger
	r.Accepted, r.First, r.After = l.accepted, l.first, l.after
	r.ObjectMost, r.ObjectAll = l.objectMost()
	r.Audit = st.audit()
}

// Calls is how many calls the scenario makes.
func (s Scenario) Calls() int {
	n := 0
	for _, p := range s.Pools {
		n += p.Calls
	}
	return n
}

// Ratio is the time, in optima.
func (r Result) Ratio() float64 { return float64(r.Time) / float64(r.Optimum) }

// Allowed is how long the run may take; 0 is any time.
func (r Result) Allowed() time.Duration {
	d := time.Duration(r.Bounds.Ratio * float64(r.Optimum))
	if d > 0 && r.Regime.Reset == kustomertest.ResetNever {
		d += 6 * time.Second // to find the end of a window that nobody names
	}
	return d
}

// AllowedFirst is how many refusals the first window may have.
func (r Result) AllowedFirst() int {
	if r.Bounds.First > 0 && r.Regime.Reset == kustomertest.ResetNever {
		return 10 * r.Bounds.First
	}
	return r.Bounds.First
}

// Misses says what the run did not reach.
func (r Result) Misses() (misses []string) {
	b := r.Bounds
	miss := func(ok bool, format string, args ...any) {
		if !ok {
			misses = append(misses, fmt.Sprintf(format, args...))
		}
	}
	miss(b.Ratio == 0 || r.Time <= r.Allowed(), "took %s of %s", seconds(r.Time), seconds(r.Allowed()))
	switch refused := r.First + r.After; {
	case b.First < 0:
		miss(float64(refused) <= b.Share*float64(r.Accepted), "%d refusals of %d calls", refused, r.Accepted)
	case b.Anywhere:
		miss(refused <= r.AllowedFirst(), "%d refusals", refused)
	default:
		miss(r.First <= r.AllowedFirst() && r.After == 0, "%d refusals in the first window and %d after", r.First, r.After)
	}
	miss(r.ObjectMost <= b.ObjectPerWindow || float64(r.ObjectAll) <= b.ObjectShare*float64(r.Accepted),
		"%d refusals of other limits, up to %d in a window", r.ObjectAll, r.ObjectMost)
	miss(b.AsideRatio == 0 || float64(r.AsideTime) <= b.AsideRatio*float64(r.AsideOptimum), "hot calls took %s, their optimum is %s",
		seconds(r.AsideTime), seconds(r.AsideOptimum))
	miss(b.Slowest == 0 || r.Slowest <= b.Slowest, "a call took %s", seconds(r.Slowest))
	miss(b.NeighbourRefused == 0 || r.NeighbourRefused() <= b.NeighbourRefused, "the neighbour was refused %.1f %%", 100*r.NeighbourRefused())
	miss(r.Lost == 0, "%d calls lost, one to: %v", r.Lost, r.LostErr)
	a := r.Audit
	miss(r.Unknown == a.unknown, "%d outcomes unknown of calls that can be repeated, one for: %v", r.Unknown-a.unknown, r.LostErr)
	miss(a.duplicates == 0, "%d duplicates", a.duplicates)
	miss(a.missing == 0, "%d creates told as done that are not there", a.missing)
	miss(a.unreported == 0, "%d of %d creates not told as unknown", a.unreported, a.suspect)
	miss(a.falseAlarm == 0, "%d creates told as unknown without reason", a.falseAlarm)
	miss(a.noHint == 0, "%d unknown creates without a hint", a.noHint)
	return misses
}

// NeighbourRefused is the share of the neighbour's requests that were refused.
func (r Result) NeighbourRefused() float64 {
	if r.Neighbour.asked == 0 {
		return 0
	}
	return float64(r.Neighbour.refused) / float64(r.Neighbour.asked)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
