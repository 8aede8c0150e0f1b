package client

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A RetryPolicy bounds how often a call is sent, how long it may wait, and how long a write may be repeated.
//
// These failures are retried:
//
//   - for every call, what was certainly not applied: a 429, a 425, a connection that could not be made, and a request that
//     HTTP/2 reports as not processed;
//   - for tags, updates without Rev, reads, and creates with [CallRetryCreate], also a lost connection, an attempt that timed
//     out, and the statuses 408, 500, 502, 503 and 504;
//   - for every call, one 401, if the token source then returns another token.
//
// Failures that would be the same each time are not retried: an untrusted certificate, a server without TLS, a proxy that
// refuses, a host that does not exist.
//
// The wait between attempts is never shorter than the server asks for. After a 429 the limiter decides the wait. Otherwise, if
// the server asks for none, the wait is random: up to 1 s after the first attempt, and up to twice as long after each further
// one, at most 60 s.
type RetryPolicy struct {
	// MaxAttempts is the maximum number of attempts, including those that get a 429. 1 disables retries. 0 is the default: at
	// most 4 attempts, plus up to 25 retries of a 429. Setting 4 allows fewer attempts than the default.
	MaxAttempts int
	// MaxWait is how long a call may wait in total, for limits and between attempts. 0 is no limit except the context's
	// deadline. Without a deadline, a single wait is at most one hour. A wait that cannot fit fails at once.
	MaxWait time.Duration
	// RetryWindow limits how long an update or tags may be repeated after an attempt that may have been applied. A repeat
	// starts within RetryWindow of the start of the first such attempt. Otherwise the call ends at once with an
	// [*OutcomeUnknownError]. 0 is the default, 60 s. A negative value never repeats such a write.
	//
	// A repeat is harmless only as long as nobody else changes the conversation. If the first attempt was applied and an agent
	// then reopens the conversation, a repeated "done" closes it again. Set a longer window only if nothing else writes to
	// these conversations. Creates have no such window.
	RetryWindow time.Duration
}

const (
	// The defaults of MaxAttempts.
	maxFailures = 4  // attempts that do not get a 429
	maxRefusals = 25 // retries of a 429

	defaultRetryWindow = time.Minute

	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// maxPause is the longest pause without a deadline and MaxWait. The adaptive limiter has the same maximum.
	maxPause = time.Hour
)

// A retryState sums up the attempts of a call so far. Only [Client.send] changes it.
type retryState struct {
	sent           int           // attempts
	failures       int           // attempts that failed without a 429
	refusals       int           // attempts that got a 429
	waited         time.Duration // for the limiter and between attempts
	uncertainSince time.Time     // start of the first attempt that may have been applied; zero without one
	secrets        secrets       // the tokens of all attempts
	rejectedToken  string        // by a 401

	// The last attempt that failed.
	err    error // nil before the first one
	status int
	pause  time.Duration // between it and the next attempt
}

// shouldRetry reports whether the policy allows the retry that a decision asks for.
func (c *Client) shouldRetry(d decision, s retryState) bool {
	switch {
	case d.retry == retryNever, d.retry == retryNewToken && (!c.rotates || s.rejectedToken != ""):
		return false
	case c.policy.MaxAttempts > 0:
		return s.sent < c.policy.MaxAttempts
	}
	return s.failures < maxFailures && s.refusals <= maxRefusals
}

// nextPause returns the pause before the next attempt.
func (s retryState) nextPause(a *attempt, d decision) time.Duration {
	switch {
	case d.retry == retryNewToken:
		return d.wait
	case a.StatusCode != http.StatusTooManyRequests:
		return max(d.wait, backoff(s.failures))
	case a.limiterDelays && d.wait <= maxPause:
		return 0 // the limiter knows more than this one response says
	case a.refusal.Scope == ratelimit.ScopeOrg && d.wait > 0:
		return d.wait // the window ends then
	}
	return max(d.wait, backoff(s.refusals))
}

// backoff returns the wait after n failures in a row, with full jitter.
func backoff(n int) time.Duration {
	return rand.N(min(maxBackoff, firstBackoff<<min(n-1, 6))) + 1
}

// pause waits between attempts. It fails at once if the wait cannot fit.
func (c *Client) pause(ctx context.Context, call *call, s retryState) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.windowLeft(call, s) < s.pause {
		return c.tooLate(s, s.pause)
	}
	if s.pause <= 0 {
		return nil
	}
	deadline, hasDeadline := ctx.Deadline()
	wait := c.waitLeft(call, s)
	if !hasDeadline && wait == unlimited {
		wait = maxPause
	}
	if wait < s.pause || hasDeadline && time.Until(deadline) <= s.pause {
		return noRetryError(fmt.Sprintf("the wait of %s before the retry is longer than the call may take", s.pause.Round(time.Millisecond)))
	}
	timer := time.NewTimer(s.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const unlimited time.Duration = math.MaxInt64

// waitLeft returns how long the call may still wait.
func (c *Client) waitLeft(call *call, s retryState) time.Duration {
	limit := cmp.Or(call.settings.maxWait, c.policy.MaxWait, unlimited)
	if limit == unlimited {
		return unlimited
	}
	return max(limit-s.waited, 0)
}

// windowLeft returns how long from now an attempt may still start. It is negative if none may.
func (c *Client) windowLeft(call *call, s retryState) time.Duration {
	if !call.windowed || s.uncertainSince.IsZero() {
		return unlimited
	}
	return time.Until(s.uncertainSince.Add(cmp.Or(c.policy.RetryWindow, defaultRetryWindow)))
}

// A noRetryError says why there is no further attempt.
type noRetryError string

func (e noRetryError) Error() string { return string(e) }

// tooLate returns the error of a repeat that could start only after a wait, which RetryWindow does not allow.
func (c *Client) tooLate(s retryState, wait time.Duration) error {
	if c.policy.RetryWindow < 0 {
		return noRetryError("the retry policy does not allow repeating a write that may have been applied")
	}
	return noRetryError(fmt.Sprintf("the next attempt would start %s after the first one, later than RetryWindow (%s) allows, and could undo what somebody else has changed since",
		(time.Since(s.uncertainSince) + wait).Round(time.Millisecond), cmp.Or(c.policy.RetryWindow, defaultRetryWindow)))
}
