package ratelimit

import "time"

// rateCap keeps to MaxRate: so many requests in any 60 seconds.
type rateCap struct {
	perWindow int
	sent      []time.Time // the last requests, at most perWindow, the oldest first
}

// next returns when one more may be sent, after so many others.
func (c *rateCap) next(now time.Time, ahead int) time.Time {
	i := len(c.sent) + ahead - c.perWindow
	if c.perWindow == 0 || i < 0 {
		return now
	}
	windows, i := time.Duration(i/c.perWindow), i%c.perWindow
	at := now.Add(windowLength) // a window after one that is still to be sent
	if i < len(c.sent) {
		at = later(now, c.sent[i].Add(windowLength))
	}
	return at.Add(windows * windowLength)
}

func (c *rateCap) spend(now time.Time) {
	if c.perWindow == 0 {
		return
	}
	if len(c.sent) == c.perWindow {
		c.sent = c.sent[1:]
	}
	c.sent = append(c.sent, now)
}

// refund forgets the latest request, which was not sent.
func (c *rateCap) refund() {
	if n := len(c.sent); n > 0 {
		c.sent = c.sent[:n-1]
	}
}
