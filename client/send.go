package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/internal/schema"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A call is one operation with its arguments, checked and ready to be sent any number of times. It does not change once it is
// built.
type call struct {
	op         *schema.Operation
	path       string // escaped, with the query
	id         string // in the path
	object     string // the id of the record that the call changes, if any
	customer   string // the customer that the call creates a conversation for, if its limit applies
	createRef  createRef
	body       []byte
	mediaType  string
	search     bool // counts against the limit of searches
	readOnly   bool // the call changes nothing
	repeatable bool // sending it twice has the effect of sending it once
	windowed   bool // repeatable only while nobody else changes the record: see RetryPolicy.RetryWindow
	settings   callSettings

	// decode decodes the response of an attempt whose status is 2xx, and reports what its body holds.
	decode func(*call, *attempt) content
}

// A createRef holds the ids that the caller gave a new record, by which it can be found again.
type createRef struct{ ExternalID, ID string }

// run sends a call as often as the policy allows, fills in r, and reports the result to the trace and the log.
func (c *Client) run(ctx context.Context, call *call, r *Response) error {
	start := time.Now()
	ctx, end := c.traceCall(ctx, call, start, r)
	err := errPanicked
	defer func() { end(err) }()
	err = c.send(ctx, call, r)
	c.log(ctx, call, time.Since(start), r, err)
	return err
}

// send sends a call until it succeeds, or until another attempt makes no sense or is not allowed. It fills in r, or returns
// an *Error, a *RateLimitError or an *OutcomeUnknownError.
func (c *Client) send(ctx context.Context, call *call, r *Response) error {
	var s retryState
	if all := call.settings.waited; all != nil {
		s.waited = *all
		defer func() { *all = s.waited }()
	}
	for {
		a := c.attempt(ctx, call, s)
		s.secrets = a.secrets
		s.waited += a.waited
		if a.unsent && s.err != nil {
			return c.retryBlocked(ctx, call, a.err, s)
		}
		if !a.unsent {
			s.sent++
		}
		if a.StatusCode != 0 {
			*r = a.Response
		}
		r.Attempts = s.sent
		v, err := c.conclude(ctx, call, &a, s)
		if err == nil {
			return nil
		}
		if v.outcome == OutcomeUnknown && s.uncertainSince.IsZero() {
			s.uncertainSince = a.sentAt
		}
		if a.StatusCode == http.StatusTooManyRequests {
			s.refusals++
		} else {
			s.failures++
		}
		if !c.shouldRetry(v, s) {
			return call.final(err, s)
		}
		if v.retry == retryNewToken {
			s.rejectedToken = a.token
		}
		s.err, s.status, s.pause = err, a.StatusCode, s.nextPause(&a, v)
		if why := c.pause(ctx, call, s); why != nil {
			return c.retryBlocked(ctx, call, why, s)
		}
		s.waited += s.pause
	}
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
func (c *Client) shouldRetry(v verdict, s retryState) bool {
	switch {
	case v.retry == retryNever, v.retry == retryNewToken && (!c.rotates || s.rejectedToken != ""):
		return false
	case c.policy.MaxAttempts > 0:
		return s.sent < c.policy.MaxAttempts
	}
	return s.failures < maxFailures && s.refusals <= maxRefusals
}

// nextPause returns the pause before the next attempt.
func (s retryState) nextPause(a *attempt, v verdict) time.Duration {
	switch {
	case v.retry == retryNewToken:
		return v.wait
	case a.StatusCode != http.StatusTooManyRequests:
		return max(v.wait, backoff(s.failures))
	case a.holdsBack && v.wait <= maxPause:
		return 0 // the limiter knows more than this one response says
	case a.refusal.Scope == ratelimit.ScopeOrg && v.wait > 0:
		return v.wait // the window ends then
	}
	return max(v.wait, backoff(s.refusals))
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

// retryBlocked returns the error of a call that needs another attempt but cannot make it: because of the limiter, the deadline,
// the retry window or the token source.
func (c *Client) retryBlocked(ctx context.Context, call *call, why error, s retryState) error {
	last, _ := errors.AsType[*Error](s.err)
	e := *last
	limited, isLimit := errors.AsType[*RateLimitError](s.err)
	if isLimit {
		limited = &RateLimitError{Scope: limited.Scope, RetryAfter: limited.RetryAfter, Err: &e}
	}
	event := Event{Kind: EventRefused, Op: call.op.ID, Attempt: s.sent + 1, StatusCode: s.status, Wait: s.pause}
	noRetry, isNoRetry := errors.AsType[noRetryError](why)
	if isNoRetry {
		e.addHint("it was not sent again: " + noRetry.Error())
		event.Err = noRetry
		if isLimit {
			limited.RetryAfter = s.pause
		}
	}
	if waitErr, ok := errors.AsType[*ratelimit.WaitError](why); ok {
		e.Err = errors.Join(waitErr, e.Err)
		if !isLimit {
			limited, isLimit = localRefusal(&e, waitErr), true
		}
		limited.RetryAfter = max(limited.RetryAfter, waitErr.Wait)
		event.Wait, event.Scope, event.Err = waitErr.Wait, waitErr.Scope, waitErr
	} else if !isNoRetry && !errors.Is(why, errSameToken) {
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
	e, _ := errors.AsType[*Error](err)
	if s.uncertainSince.IsZero() || is[*OutcomeUnknownError](err) || e.Outcome == OutcomeApplied {
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
