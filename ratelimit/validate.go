package ratelimit

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	// mostCount is the largest number of requests that can be true.
	mostCount = math.MaxInt32
	// mostEpoch is the largest number of a window. A fleet that has counted windows since 1970 is far below it.
	mostEpoch = 1 << 40
	// mostEpochStep is how many windows a member may be ahead of its pool. Two years have as many.
	mostEpochStep = 1 << 20
	// mostAgo is the longest time since anything happened.
	mostAgo = 100 * 365 * 24 * time.Hour
)

// Validate reports all values that are negative or too large to be true. No limiter reports them. A pool refuses a report
// with such values, because they would spoil what all members know.
func (r *Report) Validate() error {
	w := &r.Window
	errs := []error{
		within("Window.Epoch", w.Epoch, 0, mostEpoch), within("Window.Limit", w.Limit, -1, mostCount),
		within("Window.Top", w.Top, 0, mostCount), within("Window.Remaining", w.Remaining, -1, mostCount),
		within("Window.Age", w.Age, 0, mostAge),
		within("Window.Earliest", w.Earliest, -mostAgo, maxRefusedAhead), within("Window.Latest", w.Latest, -mostAgo, maxRefusedAhead),
		within("Own", r.Own, 0, mostCount), within("InFlight", r.InFlight, 0, mostCount), within("Lease", r.Lease, 0, mostCount),
		within("Interactive", r.Interactive, 0, mostCount), within("Background", r.Background, 0, mostCount),
		within("Reserve", r.Reserve, 0, mostCount), within("ReserveBackground", r.ReserveBackground, 0, mostCount),
		within("Patience", r.Patience, 0, maxProbePatience),
		within("People", r.People, 0, mostCount), within("PeopleAgo", r.PeopleAgo, 0, mostAgo),
		within("PeopleSince", r.PeopleSince, 0, mostAgo),
		within("the number of records", len(r.Records), 0, mostRecords),
	}
	if r.Member == "" {
		errs = append(errs, errors.New("the name of the member is empty"))
	}
	if w.Epoch > 0 && w.Remaining < 0 {
		errs = append(errs, errors.New("Window.Epoch is known, but not Window.Remaining"))
	}
	for _, record := range r.Records {
		errs = append(errs, within("Records.Sent", record.Sent, 0, mostCount), record.State.validate())
	}
	return errors.Join(errs...)
}

func (s *RecordState) validate() error {
	return errors.Join(
		within("State.Spent", s.Spent, 0, mostCount), within("State.Refusals", s.Refusals, 0, mostCount),
		within("State.End", s.End, 0, windowLength), within("State.Try", s.Try, 0, windowLength),
		within("State.Blocked", s.Blocked, 0, maxRetryAfter),
		within("State.Refused", s.Refused, 0, mostAgo), within("State.First", s.First, 0, mostAgo),
	)
}

// within reports whether a value is in a range.
func within[T cmp.Ordered](name string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("%s is %v, not between %v and %v", name, value, least, most)
	}
	return nil
}

// plausible reports whether a grant can be true. One that is not could block requests for ever.
func (g *Grant) plausible(r *Report) bool {
	w := &g.Window
	if g.Background < 0 || g.Lease < g.Background || g.Lease > mostCount || g.Members < 0 || len(g.Records) != len(r.Records) ||
		w.Epoch < 0 || w.Epoch > mostEpoch || w.Epoch > 0 && w.Remaining < 0 || w.Latest > maxRefusedAhead {
		return false
	}
	for i := range g.Records {
		if g.Records[i].State.validate() != nil {
			return false
		}
	}
	return true
}
