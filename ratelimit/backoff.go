package ratelimit

import (
	"math/rand/v2"
	"time"
)

// A backoff blocks requests after a refusal, and twice as long after each further one.
type backoff struct {
	until     time.Time
	refusals  int       // in a row
	refusedAt time.Time // when the last of them came; zero if there was none
}

// refuse records a refusal. wait is what the server asks for. most is the longest wait that the backoff adds by itself.
func (b *backoff) refuse(wait, most time.Duration, sent, received time.Time) {
	if !sent.Before(b.refusedAt) { // else the request was in flight at the previous refusal, and shows nothing new
		b.refusals++
		b.refusedAt = received
		wait = max(wait, min(delay(b.refusals), most))
	}
	b.until = later(b.until, received.Add(wait))
}

const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// delay returns the wait after n refusals in a row. It doubles from a second to a minute, with jitter.
func delay(n int) time.Duration {
	most := min(maxBackoff, minBackoff<<min(n, 6))
	return most/2 + rand.N(most/2+1)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
