package ratelimit

import (
	"errors"
	"fmt"
	"math"
)

// Config configures the limiter that [New] returns. Its zero value leaves nothing to others and knows no limit but
// what answers tell.
type Config struct {
	// Reserve is the share of the organisation's budget that is left to people and other integrations: from 0 to below
	// 1. 0.05 leaves 5 of 100 requests in each window. Where no response says how large the budget is, it is taken for what was
	// there at the beginning of the window.
	//
	// With a reserve the limiter also sees how much others use, and keeps that for them where it is more and up to a third of the
	// limit: as much as they will need in the rest of the window. Before it has seen anything it expects 15 % of the limit.
	Reserve float64
	// ReserveCount is the same as a number of requests; the larger of the two counts.
	ReserveCount int
	// BackgroundReserve is the share of the organisation's budget that requests in the background leave to the others of
	// this limiter, on top of the reserve: from 0 to below 1 together with Reserve. ReserveCount is not included in that
	// check. Without it they leave, as long as another request came within 10 minutes, what those others used in the last
	// window, in proportion to the time left in the window, and 2 % of the limit. Until a whole window has shown what they
	// use, it is half of the limit.
	BackgroundReserve float64
	// MaxRate is how many requests this limiter lets through per 60 seconds, whatever the budget; 0 is no such cap.
	MaxRate int
	// MaxInFlight is how many requests may be in flight at once; 0 is no such cap. [DefaultConfig] sets 100, because each may need
	// a connection of its own.
	MaxInFlight int
	// ObjectLimit is how many updates one record takes per 60 seconds, if that is known; 0 learns from refusals, and lets four
	// requests for one record be under way at once, two after a refusal, for they would be refused together.
	ObjectLimit int
	// CustomerLimit is how many conversations may be created for one customer per 60 seconds; 0 learns from refusals.
	// Kustomer's reference says 120.
	CustomerLimit int
}

// DefaultConfig is what a client uses that is not told otherwise: 5 % of the budget is left to others, at most 100 requests
// are in flight at once, and 120 creates for one customer in 60 seconds are the most, as Kustomer's reference says.
func DefaultConfig() Config { return Config{Reserve: 0.05, MaxInFlight: 100, CustomerLimit: 120} }

func (c Config) check() error {
	var errs []error
	if !(c.Reserve >= 0 && c.Reserve < 1) {
		errs = append(errs, fmt.Errorf("the reserve %v is not from 0 to below 1", c.Reserve))
	}
	if !(c.BackgroundReserve >= 0 && c.BackgroundReserve+c.Reserve < 1) {
		errs = append(errs, fmt.Errorf("the background reserve %v is negative, or 1 or more together with the reserve", c.BackgroundReserve))
	}
	for _, n := range []struct {
		name  string
		value int
	}{
		{"reserve count", c.ReserveCount}, {"rate", c.MaxRate}, {"number of requests in flight", c.MaxInFlight},
		{"object limit", c.ObjectLimit}, {"customer limit", c.CustomerLimit},
	} {
		if n.value < 0 {
			errs = append(errs, fmt.Errorf("the %s %d is negative", n.name, n.value))
		}
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
