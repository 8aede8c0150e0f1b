package client

import (
	"context"
	"errors"
	"fmt"
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
//   - for tags, updates without Rev and reads, also a lost connection, an attempt that timed out, and the statuses 408, 500,
//     502, 503 and 504. Creates, updates with Rev and the writes of [Client.Do] are not retried then, but see
//     [CallRetryCreate];
//   - for every call, one 401, if the token source then returns another token.
//
// A connection that fails in the same way each time is not retried: an untrusted certificate, a server without TLS, a proxy
// that refuses, a host that does not exist.
//
// The wait between attempts is never shorter than the server asks for. After a 429 the limiter decides the wait. Otherwise, if
// the server asks for none, the wait is random: up to 1 s after the first attempt, and up to twice as long after each further
// one, at most 60 s.
type RetryPolicy struct {
	// MaxAttempts is the maximum number of attempts, including those that get a 429. 1 disables retries. 0 is the default: at
	// most 4 attempts, plus up to 25 retries of a 429. So 4 allows less than the default. A request that HTTP/2 reports as
	// not processed counts as an attempt, because net/http does not repeat it on its own.
	MaxAttempts int
	// MaxWait is how long a call may wait in total, for limits and between attempts. 0 is no limit except the context's
	// deadline. Without a deadline, a single wait is at most one hour. A wait that cannot fit fails at once.
	MaxWait time.Duration
	// RetryWindow limits how long an update or tags may be repeated after an attempt that may have been applied. A repeat
	// starts within RetryWindow of the start of the first such attempt, whatever it waits for. Otherwise the call ends at once
	// with an [*OutcomeUnknownError].
	//
	// The limit exists because such a repeat is harmless only as long as nobody else changes the conversation. If the first
	// attempt was applied and an agent then reopens the conversation, a repeated "done" closes it again. Rev in the update
	// prevents that: such an update is never repeated after an unknown outcome, and the server refuses it if the conversation
	// has changed (assumed).
	//
	// Creates that may be retried (see [CallRetryCreate]) have no such limit.
	//
	// 0 is the default, 60 s. A negative value never repeats such a write. Set a longer one only if nothing else writes to
	// these conversations.
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

// allows reports whether the policy allows another attempt.
func (p RetryPolicy) allows(s retryState) bool {
	if p.MaxAttempts > 0 {
		return s.sent < p.MaxAttempts
	}
	return s.failures < maxFailures && s.refusals <= maxRefusals
}

func (p RetryPolicy) retryWindow() time.Duration {
	if p.RetryWindow == 0 {
		return defaultRetryWindow
	}
	return p.RetryWindow
}

// backoff returns the wait after n failures in a row, with full jitter.
func backoff(n int) time.Duration {
	limit := maxBackoff
	if n < 7 {
		limit = min(maxBackoff, firstBackoff<<(n-1))
	}
	return rand.N(limit) + 1
}

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

// shouldRetry reports whether the policy allows the retry that a verdict suggests.
func (c *Client) shouldRetry(a *attempt, v verdict, s retryState) bool {
	switch {
	case a.unsent, v.retry == retryNever:
		return false
	case v.retry == retryNewToken && (!c.rotates || s.rejectedToken != ""):
		return false
	}
	return c.policy.allows(s)
}

// nextPause returns the pause before the next attempt.
func (s retryState) nextPause(a *attempt, v verdict) time.Duration {
	switch {
	case v.retry == retryNewToken:
		return v.wait
	case a.status != http.StatusTooManyRequests:
		return max(v.wait, backoff(s.failures))
	case a.holdsBack && v.wait <= maxPause:
		return 0 // the limiter knows more than this one response says
	case v.refusal.Scope == ratelimit.ScopeOrg && v.wait > 0:
		return v.wait // the window ends then
	}
	return max(v.wait, backoff(s.refusals))
}

// pause waits between attempts. It fails at once if the wait cannot fit.
func (c *Client) pause(ctx context.Context, call *call, s retryState) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if window, windowed := c.windowLeft(call, s); windowed && window < s.pause {
		return c.tooLate(s, s.pause)
	}
	if s.pause <= 0 {
		return nil
	}
	deadline, hasDeadline := ctx.Deadline()
	wait, limited := c.waitLeft(call, s)
	if hasDeadline && time.Until(deadline) <= s.pause || limited && wait < s.pause || !hasDeadline && !limited && maxPause < s.pause {
		return &waitTooLongError{s.pause}
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

// waitLeft returns how long the call may still wait, and false if that is not limited.
func (c *Client) waitLeft(call *call, s retryState) (time.Duration, bool) {
	limit := c.policy.MaxWait
	if call.settings.maxWait != 0 {
		limit = call.settings.maxWait
	}
	if limit == 0 {
		return 0, false
	}
	return max(limit-s.waited, 0), true
}

// windowLeft returns how long from now an attempt may still start, and false if that is not limited.
func (c *Client) windowLeft(call *call, s retryState) (time.Duration, bool) {
	if !call.windowed || s.uncertainSince.IsZero() {
		return 0, false
	}
	return time.Until(s.uncertainSince.Add(c.policy.retryWindow())), true
}

// A waitTooLongError reports that the pause before a retry does not fit.
type waitTooLongError struct{ wait time.Duration }

func (e *waitTooLongError) Error() string {
	return fmt.Sprintf("the wait of %s before the retry is longer than the call may take", e.wait.Round(time.Millisecond))
}

// A tooLateError reports that RetryWindow does not allow another attempt.
type tooLateError struct{ window, after time.Duration }

func (e *tooLateError) Error() string {
	if e.window <= 0 {
		return "the retry policy does not allow repeating a write that may have been applied"
	}
	return fmt.Sprintf("the next attempt would start %s after the first one, later than RetryWindow (%s) allows, and could undo what somebody else has changed since",
		e.after.Round(time.Millisecond), e.window)
}

// tooLate returns the error of a repeat that could start only after a wait.
func (c *Client) tooLate(s retryState, wait time.Duration) *tooLateError {
	return &tooLateError{c.policy.retryWindow(), time.Since(s.uncertainSince) + wait}
}

// retryBlocked returns the error of a call whose next attempt something prevents: the limiter, the deadline, the retry window
// or the token source.
func (c *Client) retryBlocked(ctx context.Context, call *call, why error, s retryState) error {
	var last *Error
	if !errors.As(s.err, &last) || errors.Is(why, errSameToken) {
		return call.final(s.err, s)
	}
	e := *last
	limited, isLimit := errors.AsType[*RateLimitError](s.err)
	if isLimit {
		limited = &RateLimitError{Scope: limited.Scope, RetryAfter: limited.RetryAfter, Err: &e}
	}
	event := Event{Kind: EventRefused, Op: call.op.ID, Attempt: s.sent + 1, StatusCode: s.status}
	var waitErr *ratelimit.WaitError
	var tooLong *waitTooLongError
	var tooLate *tooLateError
	if errors.As(why, &tooLate) {
		e.Hint = joinHint(e.Hint, "it was not sent again: "+tooLate.Error())
		event.Wait, event.Err = s.pause, tooLate
	}
	switch {
	case errors.As(why, &waitErr):
		e.Err = errors.Join(waitErr, e.Err)
		if !isLimit {
			limited, isLimit = localRefusal(&e, waitErr), true
		}
		limited.RetryAfter = max(limited.RetryAfter, waitErr.Wait)
		event.Wait, event.Scope, event.Err = waitErr.Wait, waitErr.Scope, waitErr
	case errors.As(why, &tooLong):
		e.Hint = joinHint(e.Hint, "it was not sent again: "+tooLong.Error())
		if isLimit {
			limited.RetryAfter = tooLong.wait
		}
		event.Wait, event.Err = tooLong.wait, tooLong
	case tooLate == nil:
		e.Err = why
	}
	if event.Err != nil {
		c.report(ctx, event)
	}
	if isLimit && s.uncertainSince.IsZero() {
		return limited
	}
	return call.final(&e, s)
}

// final returns the error of a call that ends. If any of its attempts may have been applied, the outcome is unknown.
func (call *call) final(err error, s retryState) error {
	var unknown *OutcomeUnknownError
	var e *Error
	if s.uncertainSince.IsZero() || errors.As(err, &unknown) || !errors.As(err, &e) || e.Outcome == OutcomeApplied {
		return err
	}
	last := *e
	last.Outcome = OutcomeUnknown
	// A create that was not refused before is refused now because it already exists.
	if call.createRef != (createRef{}) && (last.StatusCode == http.StatusBadRequest || last.StatusCode == http.StatusConflict) {
		last.Hint = "an attempt before this one probably succeeded"
	}
	return call.unknown(&last)
}
