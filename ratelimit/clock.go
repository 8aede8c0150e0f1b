package ratelimit

import (
	"net/http"
	"time"
)

// serverClock is how far the server's clock is ahead of this machine's, at the least. Date has whole seconds and a
// response takes its time, so each response gives a range of a second or more. The highest of their lower ends is the
// best estimate.
type serverClock struct {
	epoch epoch
	least time.Duration
	known bool

	// The last Date that was read, as the moment at which this machine's clock would show it: many responses have the same one.
	text string
	date moment
}

// observe narrows the range by one response.
func (c *serverClock) observe(h http.Header, sent, received moment) {
	if !c.read(field(h, "Date")) {
		return
	}
	least, most := c.date.Sub(received), c.date.Add(time.Second).Sub(sent)
	if c.known && c.least <= most { // else one of the clocks was set, or they have drifted apart
		least = max(least, c.least)
	}
	c.least, c.known = least, true
}

// farthest is how far ahead or behind a Date is believed to be. It keeps differences of moments from overflowing.
const farthest = 90 * 365 * 24 * time.Hour

// read reads a Date.
func (c *serverClock) read(text string) bool {
	if text == "" {
		return false
	}
	if text != c.text {
		date, _ := http.ParseTime(text)
		if date.Sub(c.epoch.start).Abs() > farthest { // such as the zero time of an invalid Date
			return false
		}
		c.text, c.date = text, c.epoch.of(date)
	}
	return true
}

// at returns the server's time, rather too early than too late, so that a wait for a time on that clock is long enough.
// It is this machine's time if the server's is not known.
func (c *serverClock) at(m moment) time.Time {
	if !c.known {
		return c.epoch.time(m)
	}
	return c.epoch.wall(m).Add(c.least)
}

// nextMinute returns when the server's clock comes to a full minute, if that is known.
func (c *serverClock) nextMinute(now moment) (moment, bool) {
	if !c.known {
		return never, false
	}
	server := c.at(now)
	return now.Add(server.Truncate(windowLength).Add(windowLength).Sub(server)), true
}
