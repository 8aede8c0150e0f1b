package ratelimit

import (
	"net/http"
	"time"
)

// serverClock is how far the server's clock is ahead of this machine's, at the least. Date has whole seconds and an answer
// takes its time, so each answer gives a range of a second and more; the highest of their lower ends says the most.
type serverClock struct {
	epoch epoch
	least time.Duration
	known bool

	// The last Date that was read, and when its answer came: many answers have the same one.
	text string
	date time.Time
	came moment
}

// observe narrows the range by one answer.
func (c *serverClock) observe(h http.Header, sent, received moment) {
	text := field(h, "Date")
	if text == c.text && !received.Before(c.came) || !c.read(text) {
		return // of those with the same Date, the one that came first says the most
	}
	c.came = received
	least, most := c.date.Sub(c.epoch.wall(received)), c.date.Add(time.Second).Sub(c.epoch.wall(sent))
	if c.known && c.least <= most { // else one of the clocks was set
		least = max(least, c.least)
	}
	c.least, c.known = least, true
}

// read reads a Date.
func (c *serverClock) read(text string) bool {
	if text == "" {
		return false
	}
	if text != c.text {
		date, err := http.ParseTime(text)
		if err != nil {
			return false
		}
		c.text, c.date = text, date
	}
	return true
}

// at returns the server's time, rather too early than too late: who waits for a moment there then waits long enough. It is this
// machine's where the server's is not known.
func (c *serverClock) at(m moment) time.Time { return c.epoch.wall(m).Add(c.least) }

// nextMinute returns when the server's clock comes to a full minute, if that is known.
func (c *serverClock) nextMinute(now moment) (moment, bool) {
	if !c.known {
		return never, false
	}
	server := c.at(now)
	return now.Add(server.Truncate(windowLength).Add(windowLength).Sub(server)), true
}
