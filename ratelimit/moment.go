package ratelimit

import (
	"math"
	"time"
)

// A moment is a point of time in nanoseconds on this process's monotonic clock. Each request reads and compares a few,
// which costs half of what it costs with a time.Time. Moments of one epoch can be compared.
type moment int64

// never is the moment of what has not happened. It is before all others.
const never moment = 0

func (m moment) IsZero() bool                   { return m == never }
func (m moment) Before(other moment) bool       { return m < other }
func (m moment) After(other moment) bool        { return m > other }
func (m moment) Sub(other moment) time.Duration { return time.Duration(m - other) }

// Add returns the moment d later, or the last there is.
func (m moment) Add(d time.Duration) moment {
	if sum := m + moment(d); d < 0 || sum >= m {
		return sum
	}
	return math.MaxInt64
}

// An epoch is where moments are counted from.
type epoch struct{ start time.Time }

// begin is the moment at which an epoch starts. It is far from never.
const begin = moment(100 * 365 * 24 * time.Hour)

func newEpoch() epoch { return epoch{time.Now()} }

func (e epoch) now() moment { return begin.Add(time.Since(e.start)) }

// of returns the moment of a time. A time without a monotonic reading is compared by its date.
func (e epoch) of(t time.Time) moment { return begin.Add(t.Sub(e.start)) }

// wall returns the time of a moment, by this machine's clock as it was set when the epoch started.
func (e epoch) wall(m moment) time.Time { return e.start.Round(0).Add(m.Sub(begin)) }

// time returns the time of a moment by this machine's clock as it is set now, and the zero time of never. It is the
// same each time, unless the clock was set in the meantime.
func (e epoch) time(m moment) time.Time {
	if m == never {
		return time.Time{}
	}
	now := time.Now()
	at := e.of(now)
	if now.Round(0).Sub(e.wall(at)).Abs() < time.Second {
		return e.start.Add(m.Sub(begin))
	}
	return now.Add(m.Sub(at))
}
