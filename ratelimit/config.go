package ratelimit

import (
	"errors"
	"fmt"
	"math"
)

// Config configures the limiter that [New] returns. A field that is 0 has its default, so the zero Config is usable. A
// negative value turns a limit or a reserve off.
type Config struct {
	// Reserve is the share of the organisation's budget that is left to people and other integrations, below 1. For
	// example, 0.05 leaves 5 of 100 requests in each window. 0 means 0.05; negative means none. If no response has the
	// limit, the share is of what was left when the window was first seen.
	//
	// With a reserve, the limiter also observes how much others use. If they use more than the reserve, but at most a
	// third of the limit, it leaves what they will need in the rest of the window. Until it has observed them, it expects
	// them to use 15 % of the limit.
	Reserve float64
	// ReserveCount is the same as Reserve, as a number of requests. The larger of the two applies. 0 or negative means
	// none.
	ReserveCount int
	// BackgroundReserve is the share of the organisation's budget that background requests leave to the other requests
	// of this limiter, on top of the reserve. The sum of it and Reserve is below 1. 0 or negative means none.
	//
	// Even without it, background requests leave budget for 10 minutes after each other request: 2 % of the limit, plus
	// what the other requests used in the last window, in proportion to the time left in the window. Until it is known
	// what they use in a window, half of the limit is taken for it. The larger amount applies.
	BackgroundReserve float64
	// MaxRate is the largest number of requests per 60 seconds, whatever the budget. 0 or negative means no cap.
	MaxRate int
	// MaxInFlight is the largest number of requests in flight. 0 means 100, because each may need its own connection.
	// Negative means no cap.
	MaxInFlight int
	// ObjectLimit is how many updates of one record Kustomer accepts per 60 seconds, if that is known. With 0 or a negative
	// value, the limiter learns from refusals. Then at most four requests for one record are in flight, or two after a
	// refusal, because all of them would be refused together.
	ObjectLimit int
	// CustomerLimit is how many conversations may be created for one customer per 60 seconds. 0 means 120 (Kustomer's
	// reference, "Rate limits"). With a negative value, the limiter learns from refusals.
	CustomerLimit int
	// SearchLimit is how many requests with Search set may be sent per 60 seconds, whatever they search. 0 means 100, the
	// limit of machine users, which API keys belong to (Kustomer's reference, "Rate limits"). With a negative value, the
	// limiter learns from refusals.
	SearchLimit int
}

// complete returns the config with its defaults. In the result, 0 means off.
func (c Config) complete() Config {
	return Config{
		Reserve: value(c.Reserve, 0.05), ReserveCount: value(c.ReserveCount, 0), BackgroundReserve: value(c.BackgroundReserve, 0),
		MaxRate: value(c.MaxRate, 0), MaxInFlight: value(c.MaxInFlight, 100),
		ObjectLimit: value(c.ObjectLimit, 0), CustomerLimit: value(c.CustomerLimit, 120),
		SearchLimit: value(c.SearchLimit, 100),
	}
}

// value returns the value that a field stands for.
func value[N int | float64](n, preset N) N {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return preset
	}
	return n
}

// check returns all invalid fields of a complete config.
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

// reserve returns how many requests of a limit are left to others: never all of them.
func (c Config) reserve(limit int) int {
	if limit <= 0 {
		return 0
	}
	return min(limit-1, max(c.ReserveCount, int(math.Ceil(c.Reserve*float64(limit)))))
}
