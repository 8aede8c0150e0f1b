package ratelimit

import (
	"net/http"
	"time"
)

// serverClock is how far the server's clock is ahead of this machine's: between low and high. Date has whole seconds
// and an answer takes its time, so each answer gives a range of a second and more; together they narrow it down.
type serverClock struct {
	low, high time.Duration
	known     bool
}

// observe narrows the range by one answer.
func (c *serverClock) observe(h http.Header, sent, received time.Time) {
	text := h.Get("Date")
	if text == "" {
		return
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return
	}
	low, high := date.Sub(received), date.Add(time.Second).Sub(sent)
	if c.known {
		low, high = max(low, c.low), min(high, c.high)
	}
	if low > high { // one of the clocks was set
		low, high = date.Sub(received), date.Add(time.Second).Sub(sent)
	}
	*c = serverClock{low, high, true}
}

// at returns the server's time, rather too early than too late: who waits for a moment there then waits long enough.
func (c *serverClock) at(t time.Time) time.Time { return t.Add(c.low) }

// nextMinute returns when the server's clock comes to a full minute, if that is known.
func (c *serverClock) nextMinute(now time.Time) (time.Time, bool) {
	if !c.known {
		return time.Time{}, false
	}
	server := c.at(now)
	return now.Add(server.Truncate(windowLength).Add(windowLength).Sub(server)), true
}
