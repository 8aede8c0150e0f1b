package client

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A RetryPolicy says how often a call is sent and how long it may wait.
//
// What is sent again: any call that was answered 429 or for which no connection could be made, for it was not applied;
// tags, updates without Rev, and reads, when the connection was lost, an attempt took too long or the answer was 500,
// 502, 503 or 504, for they have the same effect twice (assumed of tags). Creates, updates with Rev and the writes of
// [Client.Do] are not sent again after such an end, but see [WithRetryCreates].
//
// The wait between attempts is what the server asks for and never less; otherwise random, up to 1 s after the first
// attempt and up to twice as long after each further one, at most 60 s.
type RetryPolicy struct {
	// MaxAttempts is how often a call is sent at the most, answers 429 included; 1 is once, whatever comes of it. 0 is the
	// default: four attempts that are not answered 429, and up to 25 answers 429 beside them, which are waited for as long
	// as MaxWait allows. So 4 is less than the default.
	MaxAttempts int
	// MaxWait is how long a call may wait in all, for limits and between attempts. 0 is no limit but the context's deadline
	// and, without one, an hour for one pause. A wait that cannot fit is refused at once.
	MaxWait time.Duration
}

const (
	// Where the policy has no MaxAttempts.
	defaultFailures = 4  // attempts not answered 429
	defaultRefusals = 25 // answers 429 after which a call is sent again

	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// maxPause is the longest pause where neither a deadline nor MaxWait says what fits, as it is for the adaptive limiter.
	maxPause = time.Hour
)

// backoff is the wait after n failures in a row, with full jitter.
func backoff(n int) time.Duration {
	most := maxBackoff
	if n < 7 {
		most = min(maxBackoff, firstBackoff<<(n-1))
	}
	return rand.N(most) + 1
}

// tries is what a call has been through.
type tries struct {
	sent               int // attempts that were made
	failures, refusals int
	waited             time.Duration
	ambiguous          bool // an attempt may have been applied
	secrets            secrets

	// What the last attempt failed with, nil before the first, its status and the pause after it.
	failed error
	status int
	pause  time.Duration
}

// again reports whether a call is to be sent again after its last attempt, and after what wait.
func (c *Client) again(call *call, a *attempt, t *tries) (time.Duration, bool) {
	switch {
	case a.unsent:
		return 0, false
	case a.status == http.StatusTooManyRequests:
		t.refusals++
		return c.afterRefusal(a, t.refusals), c.mayTryAgain(t)
	}
	t.failures++
	retry := c.mayTryAgain(t)
	switch a.status {
	case 0:
		retry = retry && (call.repeatable || !a.mayHaveLeft(c.plainTransport))
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		retry = retry && call.repeatable
	default:
		retry = retry && a.success() && !errors.Is(a.bodyErr, errTooLong) // half an answer to a read
	}
	wait := backoff(t.failures)
	if asked, ok := ratelimit.RetryAfter(a.header, a.received); ok {
		wait = max(wait, asked)
	}
	return wait, retry
}

// mayTryAgain reports whether the policy leaves another attempt.
func (c *Client) mayTryAgain(t *tries) bool {
	if c.policy.MaxAttempts > 0 {
		return t.sent < c.policy.MaxAttempts
	}
	return t.failures < defaultFailures && t.refusals <= defaultRefusals
}

// afterRefusal is how long to wait before asking the limiter again. The adaptive one knows more than a single answer
// tells, and holds the call back by itself.
func (c *Client) afterRefusal(a *attempt, refusals int) time.Duration {
	if _, adaptive := c.limiter.(*ratelimit.Adaptive); adaptive {
		return 0
	}
	wait := backoff(refusals)
	if b := ratelimit.ReadBudget(a.header, a.received); !b.Reset.IsZero() {
		wait = b.Reset.Sub(a.received)
	}
	if asked, ok := ratelimit.RetryAfter(a.header, a.received); ok {
		wait = max(wait, asked)
	}
	return wait
}
