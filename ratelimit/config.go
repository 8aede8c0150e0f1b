package ratelimit

import (
	"errors"
	"fmt"
	"math"
)

// Config configures the limiter that [New] returns. A field that is 0 has its default, so the zero Config is the default one. A
// negative field switches off what it is about.
type Config struct {
	// Reserve is the share of the organisation's budget that is left to people and other integrations, below 1. 0.05 leaves 5
	// of 100 requests in each window. 0 is 0.05, negative is none. Where no response says how large the budget is, it is taken
	// for what was there at the beginning of the window.
	//
	// With a reserve the limiter also sees how much others use, and keeps that for them where it is more and up to a third of the
	// limit: as much as they will need in the rest of the window. Before it has seen anything it expects 15 % of the limit.
	Reserve float64
	// ReserveCount is the same as a number of requests; the larger of the two counts. 0 or negative is none.
	ReserveCount int
	// BackgroundReserve is the share of the organisation's budget that requests in the background leave to the others of
	// this limiter, on top of the reserve. Together with Reserve it is below 1; ReserveCount is not included in that check. 0
	// or negative is none. They leave at least this: as long as another request came within 10 minutes, what those others used in
	// the last window, in proportion to the time left in the window, and 2 % of the limit. Until a whole window has shown
	// what they use, it is half of the limit.
	BackgroundReserve float64
	// MaxRate is how many requests this limiter lets through per 60 seconds, whatever the budget. 0 or negative is no such cap.
	MaxRate int
	// MaxInFlight is how many requests may be in flight at once. 0 is 100, because each may need a connection of its own.
	// Negative is no such cap.
	MaxInFlight int
	// ObjectLimit is how many updates one record takes per 60 seconds, if that is known. 0 or negative learns from refusals, and
	// lets four requests for one record be under way at once, two after a refusal, because they would be refused together.
	ObjectLimit int
	// CustomerLimit is how many conversations may be created for one customer per 60 seconds. 0 is 120, as Kustomer's reference
	// says. Negative learns from refusals.
	CustomerLimit int
}

// complete returns the config with its defaults, in which 0 is what is off.
func (c Config) complete() Config {
	return Config{
		Reserve: value(c.Reserve, 0.05), ReserveCount: value(c.ReserveCount, 0), BackgroundReserve: value(c.BackgroundReserve, 0),
		MaxRate: value(c.MaxRate, 0), MaxInFlight: value(c.MaxInFlight, 100),
		ObjectLimit: value(c.ObjectLimit, 0), CustomerLimit: value(c.CustomerLimit, 120),
	}
}

// value returns what a field stands for.
func value[N int | float64](n, preset N) N {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return preset
	}
	return n
}

// check returns what is wrong with a complete config.
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

// reserve returns what is left to others of a limit: never all of it.
func (c Config) reserve(limit int) int {
	if limit <= 0 {
		return 0
	}
	return min(limit-1, max(c.ReserveCount, int(math.Ceil(c.Reserve*float64(limit)))))
}
