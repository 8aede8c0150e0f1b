package ratelimit

import (
	"errors"
	"fmt"
	"math"
)

// Config configures the limiter that [New] returns. A field that is 0 has its default, so the zero Config is the default one. A
// negative value turns the limit or reserve off.
type Config struct {
	// Reserve is the share of the organisation's budget that is left to people and other integrations, below 1. 0.05
	// leaves 5 of 100 requests in each window. 0 is 0.05; negative is none. If no response says how large the budget
	// is, what was left at the beginning of the window is taken for it.
	//
	// With a reserve the limiter also observes how much others use. If they use more, up to a third of the limit, it
	// keeps as much as they will need in the rest of the window. Before it has observed anything it expects 15 % of the
	// limit.
	Reserve float64
	// ReserveCount is the same as a number of requests; the larger of the two counts. 0 or negative is none.
	ReserveCount int
	// BackgroundReserve is the share of the organisation's budget that background requests leave to the other requests
	// of this limiter, on top of the reserve. Together with Reserve it is below 1; ReserveCount is not included in that
	// check. 0 or negative is none.
	//
	// Background requests also leave budget without it, if another request came within 10 minutes: what those others
	// used in the last window, in proportion to the time left in the window, and 2 % of the limit. Until a whole window
	// has shown what they use, it is half of the limit. The larger amount counts.
	BackgroundReserve float64
	// MaxRate is how many requests this limiter lets through per 60 seconds, whatever the budget. 0 or negative is no
	// cap.
	MaxRate int
	// MaxInFlight is how many requests may be in flight at once. 0 is 100, because each may need a connection of its
	// own. Negative is no cap.
	MaxInFlight int
	// ObjectLimit is how many updates one record takes per 60 seconds, if that is known. 0 or negative learns from
	// refusals. Then four requests for one record may be in flight at once, two after a refusal, because they would be
	// refused together.
	ObjectLimit int
	// CustomerLimit is how many conversations may be created for one customer per 60 seconds. 0 is 120, as Kustomer's reference
	// says. Negative learns from refusals.
	CustomerLimit int
}

// complete returns the config with its defaults. In it, 0 is off.
func (c Config) complete() Config {
	return Config{
		Reserve: value(c.Reserve, 0.05), ReserveCount: value(c.ReserveCount, 0), BackgroundReserve: value(c.BackgroundReserve, 0),
		MaxRate: value(c.MaxRate, 0), MaxInFlight: value(c.MaxInFlight, 100),
		ObjectLimit: value(c.ObjectLimit, 0), CustomerLimit: value(c.CustomerLimit, 120),
	}
}

// value returns the meaning of a field.
func value[N int | float64](n, preset N) N {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return preset
	}
	return n
}

// check returns the problems of a complete config.
func (c Config) check() error {
	var errs []error
	if !(c.Reserve < 1) {
		errs = append(errs, fmt.Errorf("the reserve %v is not below 1", c.Reserve))
	}
	if c.BackgroundReserve != 0 && !(c.BackgroundReserve+c.Reserve < 1) {
		errs = append(errs, fmt.Errorf("the background reserve %v is 1 or more together with the reserve %v", c.BackgroundReserve, c.Reserve))
	}
	return errors.Join(errs...)
}

// reserve returns how much of a limit is left to others: never all of it.
func (c Config) reserve(limit int) int {
	if limit <= 0 {
		return 0
	}
	return min(limit-1, max(c.ReserveCount, int(math.Ceil(c.Reserve*float64(limit)))))
}
