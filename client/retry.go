package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// send carries a call out, as often as it takes and the policy allows. It fills in r, or returns a *Error, a
// *RateLimitError or a *OutcomeUnknownError.
func (c *Client) send(ctx context.Context, call *call, r *Response) error {
	var t tries
	for {
		a := c.attempt(ctx, call, &t)
		if a.unsent && t.failed != nil {
			return c.gaveUp(call, c.keptFromAnother(call, a.err, &t))
		}
		if !a.unsent {
			t.sent++
		}
		r.Attempts, call.last, t.secrets = t.sent, a, a.secrets
		err := call.outcome(a, r)
		if err == nil {
			return nil
		}
		c.tell(call, a, &t, err)
		wait, again := c.again(call, a, &t)
		t.ambiguous = t.ambiguous || call.outcomeOf(a) == Unknown
		if !again {
			return c.gaveUp(call, call.final(err, &t))
		}
		t.failed, t.status, t.pause = err, a.status, wait
		if why := c.pause(ctx, call, &t); why != nil {
			return c.gaveUp(call, c.keptFromAnother(call, why, &t))
		}
	}
}

// A noTimeError says that the pause before another attempt does not fit.
type noTimeError struct{ wait time.Duration }

func (e *noTimeError) Error() string {
	return fmt.Sprintf("the wait of %s before it would be longer than the call may take", e.wait.Round(time.Millisecond))
}

// pause waits between attempts, unless the wait cannot fit.
func (c *Client) pause(ctx context.Context, call *call, t *tries) error {
	if t.pause <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	end, ends := ctx.Deadline()
	rest, limited := c.waitLeft(call, t)
	if ends && time.Until(end) <= t.pause || limited && rest < t.pause || !ends && !limited && maxPause < t.pause {
		return &noTimeError{t.pause}
	}
	timer := time.NewTimer(t.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		t.waited += t.pause
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waitLeft returns how long the call may still wait, and false where nothing limits it.
func (c *Client) waitLeft(call *call, t *tries) (time.Duration, bool) {
	most := c.policy.MaxWait
	if call.settings.maxWait != 0 {
		most = call.settings.maxWait
	}
	if most == 0 {
		return 0, false
	}
	return max(most-t.waited, 0), true
}

// limited names what the call is to the limiter. Calls by Do have limits of their own, each kind another, as searches have.
func (call *call) limited() string {
	if call.op.ID != doID {
		return call.op.ID
	}
	return call.op.ID + " " + call.op.Method + " " + call.op.Path
}

// acquire asks the limiter, and returns how long that took.
func (c *Client) acquire(ctx context.Context, call *call, t *tries) (ratelimit.Permit, time.Duration, error) {
	r := ratelimit.Request{Op: call.limited(), Object: call.object, Customer: call.customer, Background: call.settings.background}
	if rest, limited := c.waitLeft(call, t); limited {
		r.MaxWait = rest
		if rest == 0 {
			r.MaxWait = -1
		}
	}
	start := time.Now()
	permit, err := c.limiter.Acquire(ctx, r)
	if err == nil && permit == nil {
		err = errors.New("the limiter gave neither a permit nor an error")
	}
	took := time.Since(start)
	t.waited += took
	return permit, took, err
}

// keptFromAnother makes the error of a call that would be worth another attempt, which something stood in the way of: the
// limiter, the time that is left, the end of the context, or a token that is not to be had.
func (c *Client) keptFromAnother(call *call, why error, t *tries) error {
	var last *Error
	if !errors.As(t.failed, &last) {
		return t.failed
	}
	e := *last
	limited, refused := errors.AsType[*RateLimitError](t.failed)
	if refused {
		limited = &RateLimitError{Scope: limited.Scope, RetryAfter: limited.RetryAfter, Err: &e}
	}
	var held *ratelimit.WaitError
	var noTime *noTimeError
	switch {
	case errors.As(why, &held):
		e.Err = errors.Join(held, e.Err)
		if !refused {
			limited, refused = localRefusal(&e, held), true
		}
		limited.RetryAfter = max(limited.RetryAfter, held.Wait)
		c.observe(Event{Kind: EventRefused, Op: call.op.ID, Attempt: t.sent + 1, Wait: held.Wait, Scope: scopeOf(held), Err: held})
	case errors.As(why, &noTime):
		e.Hint = joinHint(e.Hint, "it was not sent again, for "+noTime.Error())
		if refused {
			limited.RetryAfter = noTime.wait
		}
		c.observe(Event{Kind: EventRefused, Op: call.op.ID, Attempt: t.sent + 1, Wait: noTime.wait, Err: noTime})
	default:
		e.Err = why
	}
	if refused && !t.ambiguous {
		return limited
	}
	return call.final(&e, t)
}

// final makes the error of a call that is over. If any of its attempts may have been applied, that is what counts.
func (call *call) final(err error, t *tries) error {
	var unknown *OutcomeUnknownError
	var e *Error
	if !t.ambiguous || errors.As(err, &unknown) || !errors.As(err, &e) {
		return err
	}
	clone := *e
	clone.Outcome = Unknown
	// A create is not refused for its own sake where the one before it was not.
	if call.mark != (mark{}) && (clone.StatusCode == http.StatusBadRequest || clone.StatusCode == http.StatusConflict) {
		clone.Hint = "an attempt before this one probably succeeded"
	}
	return &OutcomeUnknownError{ExternalID: call.mark.ExternalID, ID: call.mark.ID, Err: &clone}
}
