package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A retryState is what a call has been through.
type retryState struct {
	sent               int // attempts that were made
	failures, refusals int // attempts that failed otherwise, and by a 429
	waited             time.Duration
	doubt              time.Time // when the first attempt that may have been applied was sent; zero without one
	secrets            secrets
	rejectedToken      string // by a 401

	// What the last attempt failed with, nil before the first, its status and the pause after it.
	failed error
	status int
	pause  time.Duration
}

// send sends a call until it succeeds or another attempt is not worth making or not allowed. It fills in r, or returns a
// *Error, a *RateLimitError or a *OutcomeUnknownError.
func (c *Client) send(ctx context.Context, call *call, r *Response) error {
	var s retryState
	for {
		a := c.attempt(ctx, call, &s)
		s.secrets = a.secrets
		if a.unsent && s.failed != nil {
			return c.gaveUp(call, c.retryBlocked(call, a.err, &s))
		}
		if !a.unsent {
			s.sent++
		}
		r.Attempts = s.sent
		if a.status != 0 {
			a.fill(r)
		}
		if a.success() {
			a.content = call.read(a)
		}
		v := decide(call, a)
		if v.success {
			return nil
		}
		err := call.failure(a, v, s.sent)
		c.tell(call, a, &s, err)
		if v.outcome == Unknown && s.doubt.IsZero() {
			s.doubt = a.sent
		}
		if !c.shouldRetry(a, v, &s) {
			return c.gaveUp(call, call.final(err, &s))
		}
		s.failed, s.status = err, a.status
		if why := c.pause(ctx, call, &s); why != nil {
			return c.gaveUp(call, c.retryBlocked(call, why, &s))
		}
	}
}

// shouldRetry reports whether the policy allows the retry that a verdict finds worth making, and sets the pause before it.
func (c *Client) shouldRetry(a *attempt, v verdict, s *retryState) bool {
	if a.unsent {
		return false
	}
	s.pause = s.count(a, v)
	switch v.retry {
	case retryNever:
		return false
	case retryNewToken:
		if !c.rotates || s.rejectedToken != "" {
			return false
		}
		s.rejectedToken, s.pause = a.token, v.wait
	}
	return c.policy.allows(s)
}

// errSameToken says that the token source has no other token than the one that was rejected.
var errSameToken = errors.New("the token source returns the same token again")

// A noTimeError says that the pause before a retry does not fit.
type noTimeError struct{ wait time.Duration }

func (e *noTimeError) Error() string {
	return fmt.Sprintf("the wait of %s before the retry is longer than the call may take", e.wait.Round(time.Millisecond))
}

// A tooLateError says that a write may no longer be repeated.
type tooLateError struct{ window, after time.Duration }

func (e *tooLateError) Error() string {
	if e.window <= 0 {
		return "the retry policy does not allow to repeat a write that may have been applied"
	}
	return fmt.Sprintf("the next attempt would start %s after the first one, later than RetryWindow (%s) allows, and could undo what somebody else has changed since",
		e.after.Round(time.Millisecond), e.window)
}

// tooLate returns the error of a repeat that could start only after a wait.
func (c *Client) tooLate(s *retryState, wait time.Duration) *tooLateError {
	return &tooLateError{c.policy.retryWindow(), time.Since(s.doubt) + wait}
}

// pause waits between attempts, unless the wait cannot fit.
func (c *Client) pause(ctx context.Context, call *call, s *retryState) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if left, windowed := c.windowLeft(call, s); windowed && left < s.pause {
		return c.tooLate(s, s.pause)
	}
	if s.pause <= 0 {
		return nil
	}
	end, ends := ctx.Deadline()
	rest, limited := c.waitLeft(call, s)
	if ends && time.Until(end) <= s.pause || limited && rest < s.pause || !ends && !limited && maxPause < s.pause {
		return &noTimeError{s.pause}
	}
	timer := time.NewTimer(s.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.waited += s.pause
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waitLeft returns how long the call may still wait, and false where nothing limits it.
func (c *Client) waitLeft(call *call, s *retryState) (time.Duration, bool) {
	most := c.policy.MaxWait
	if call.settings.maxWait != 0 {
		most = call.settings.maxWait
	}
	if most == 0 {
		return 0, false
	}
	return max(most-s.waited, 0), true
}

// windowLeft returns for how long an attempt may still start, and false where nothing limits that.
func (c *Client) windowLeft(call *call, s *retryState) (time.Duration, bool) {
	if !call.windowed || s.doubt.IsZero() {
		return 0, false
	}
	return time.Until(s.doubt.Add(c.policy.retryWindow())), true
}

// limiterOp names the call to the limiter. Calls by Do are told apart, because some of them have limits of their own, such
// as searches.
func (call *call) limiterOp() string {
	if call.op.ID != doID {
		return call.op.ID
	}
	return call.op.ID + " " + call.op.Method + " " + call.op.Path
}

// acquire asks the limiter for a permit.
func (c *Client) acquire(ctx context.Context, call *call, s *retryState, a *attempt) (ratelimit.Permit, error) {
	r := ratelimit.Request{
		Op: call.limiterOp(), Object: call.object, Customer: call.customer,
		Background: call.settings.background, Retry: !s.doubt.IsZero(),
	}
	rest, limited := c.waitLeft(call, s)
	left, windowed := c.windowLeft(call, s)
	if windowed && left < 0 {
		return nil, c.tooLate(s, 0) // the token source took its time
	}
	if windowed && (!limited || left < rest) {
		rest, limited = max(left, 0), true
	}
	if limited {
		r.MaxWait = rest
		if rest == 0 {
			r.MaxWait = -1
		}
	}
	start := time.Now()
	permit, err := c.limiter.Acquire(ctx, r)
	a.waited = time.Since(start)
	s.waited += a.waited
	switch {
	case err != nil:
		if held, ok := errors.AsType[*ratelimit.WaitError](err); ok && windowed && left < held.Wait {
			err = errors.Join(c.tooLate(s, held.Wait), err)
		}
		return nil, err
	case permit == nil:
		return nil, errors.New("the limiter returned neither a permit nor an error")
	}
	if left, windowed := c.windowLeft(call, s); windowed && left < 0 {
		err := c.tooLate(s, 0)
		permit.Done(ratelimit.Result{Err: err})
		return nil, err
	}
	return permit, nil
}

// retryBlocked returns the error of a call that is worth a retry, which something prevents: the limiter, the time left, the
// end of the context or a missing token.
func (c *Client) retryBlocked(call *call, why error, s *retryState) error {
	var last *Error
	if !errors.As(s.failed, &last) || errors.Is(why, errSameToken) {
		return call.final(s.failed, s)
	}
	e := *last
	limited, refused := errors.AsType[*RateLimitError](s.failed)
	if refused {
		limited = &RateLimitError{Scope: limited.Scope, RetryAfter: limited.RetryAfter, Err: &e}
	}
	var held *ratelimit.WaitError
	var noTime *noTimeError
	var tooLate *tooLateError
	if errors.As(why, &tooLate) {
		e.Hint = joinHint(e.Hint, "it was not sent again: "+tooLate.Error())
	}
	switch {
	case errors.As(why, &held):
		e.Err = errors.Join(held, e.Err)
		if !refused {
			limited, refused = localRefusal(&e, held), true
		}
		limited.RetryAfter = max(limited.RetryAfter, held.Wait)
		c.observe(Event{Kind: EventRefused, Op: call.op.ID, Attempt: s.sent + 1, Wait: held.Wait, Scope: held.Scope, Err: held})
	case errors.As(why, &noTime):
		e.Hint = joinHint(e.Hint, "it was not sent again: "+noTime.Error())
		if refused {
			limited.RetryAfter = noTime.wait
		}
		c.observe(Event{Kind: EventRefused, Op: call.op.ID, Attempt: s.sent + 1, Wait: noTime.wait, Err: noTime})
	case tooLate != nil:
		c.observe(Event{Kind: EventRefused, Op: call.op.ID, Attempt: s.sent + 1, Wait: s.pause, Err: tooLate})
	default:
		e.Err = why
	}
	if refused && s.doubt.IsZero() {
		return limited
	}
	return call.final(&e, s)
}

// final returns the error of a call that is over. If any of its attempts may have been applied, that is what counts.
func (call *call) final(err error, s *retryState) error {
	var unknown *OutcomeUnknownError
	var e *Error
	if s.doubt.IsZero() || errors.As(err, &unknown) || !errors.As(err, &e) || e.Outcome == Applied {
		return err
	}
	clone := *e
	clone.Outcome = Unknown
	// A create is not refused for its own sake where the attempt before it was not.
	if call.createRef != (createRef{}) && (clone.StatusCode == 400 || clone.StatusCode == 409) {
		clone.Hint = "an attempt before this one probably succeeded"
	}
	return call.unknown(&clone)
}
