package ratelimit

import (
	"net/http"
	"time"
)

// serverClock is the server's clock, as far as the Date of its responses shows it. Date has whole seconds and a response
// takes its time, so each response gives a range of a second or more. The highest of their lower ends is the best
// estimate. This machine's wall clock is not used, because it may be set at any time.
type serverClock struct {
	date time.Time // what the server's clock showed at the least
	seen time.Time // when it did, by the monotonic clock; zero if no response had a Date
}

// farthest is how far from this machine's clock a Date is believed to be.
const farthest = 90 * 365 * 24 * time.Hour

// observe narrows the range by one response.
func (c *serverClock) observe(h http.Header, sent, received time.Time) {
	date, ok := date(h)
	if !ok || date.Sub(received).Abs() > farthest {
		return
	}
	// A clock before the range was set or has drifted, and one beyond it was unknown so far.
	if c.seen.IsZero() || c.at(received).Before(date) || c.at(sent).After(date.Add(time.Second)) {
		c.date, c.seen = date, received
	}
}

// at returns the server's time, rather too early than too late, so that a wait for a time on that clock is long enough.
// It is this machine's time if the server's is not known.
func (c *serverClock) at(t time.Time) time.Time {
	if c.seen.IsZero() {
		return t
	}
	return c.date.Add(t.Sub(c.seen))
}

// nextMinute returns when the server's clock comes to a full minute, if that is known.
func (c *serverClock) nextMinute(now time.Time) (time.Time, bool) {
	if c.seen.IsZero() {
		return time.Time{}, false
	}
	server := c.at(now)
	return now.Add(server.Truncate(windowLength).Add(windowLength).Sub(server)), true
}
