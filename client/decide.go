package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A verdict is what one attempt means for its call. The table in docs/limits-and-retries.md has a row for each case of
// [decide].
type verdict struct {
	success bool
	outcome Outcome // of a write that did not succeed
	retry   retryRule
	wait    time.Duration // that the server asks for before another attempt; 0 if it asks for none
	cause   error         // why a response with a 2xx status is no success
}

// A retryRule says whether another attempt makes sense. The [RetryPolicy] and the time left decide whether it is made.
type retryRule uint8

const (
	retryNever    retryRule = iota
	retry                   // nothing was applied, or applying the call twice is harmless
	retryNewToken           // nothing was applied, and only another token can help
)

// Why a response with a 2xx status is no success.
var (
	errNotAPI     = errors.New("the response does not come from the API: its body is not a JSON object")
	errErrors     = errors.New("the response lists errors")
	errUnexpected = errors.New("the response has neither the documented status nor a data.id")
	errNoContent  = errors.New("the response has no readable body")
)

// conclude decides what an attempt means, reports it to the trace, and returns its error, or nil if it succeeded.
func (c *Client) conclude(ctx context.Context, call *call, a *attempt, s retryState) (verdict, error) {
	v := decide(call, a)
	var err error
	if !v.success {
		err = c.failure(call, a, v, s.sent)
	}
	c.reportAttempt(ctx, call, a, s, err)
	return v, err
}

// decide is the only place that decides what an attempt means.
func decide(call *call, a *attempt) verdict {
	var v verdict
	switch {
	case a.unsent:
		v = verdict{outcome: OutcomeNotApplied}
	case a.StatusCode == 0:
		v = decideNoResponse(call, a)
	case a.success():
		v = decideSuccess(call, a)
	default:
		v = decideStatus(call, a.StatusCode)
	}
	switch {
	case a.StatusCode == http.StatusTooManyRequests:
		v.wait = a.refusal.Wait
	case v.retry != retryNever && a.Header != nil:
		v.wait, _ = ratelimit.RetryAfter(a.Header, a.receivedAt)
	}
	return v
}

// decideNoResponse is for attempts without a response.
func decideNoResponse(call *call, a *attempt) verdict {
	switch {
	case !a.mayHaveBeenSent && a.permanent:
		return verdict{outcome: OutcomeNotApplied}
	case !a.mayHaveBeenSent, a.notProcessed:
		return verdict{outcome: OutcomeNotApplied, retry: retry}
	}
	return call.uncertain(!errors.Is(a.err, errHiddenRedirect))
}

// decideStatus is for responses with another status than 2xx.
func decideStatus(call *call, status int) verdict {
	switch status {
	case http.StatusTooManyRequests, http.StatusTooEarly:
		return verdict{outcome: OutcomeNotApplied, retry: retry} // refused before it was processed
	case http.StatusUnauthorized:
		return verdict{outcome: OutcomeNotApplied, retry: retryNewToken}
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return call.uncertain(true)
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, statusClientClosedRequest:
		return call.uncertain(false) // servers often send these after they processed the request
	}
	if status >= 300 && status <= 499 {
		return verdict{outcome: OutcomeNotApplied}
	}
	return call.uncertain(false)
}

// statusClientClosedRequest is the status of nginx for a client that closed the connection.
const statusClientClosedRequest = 499

// decideSuccess is for responses with a 2xx status. A write succeeded if the response has its record. Without a record, the
// documented status is a success if the caller does not need the content. Any other response may come from a proxy.
func decideSuccess(call *call, a *attempt) verdict {
	if call.op.Method == http.MethodHead {
		return verdict{success: true}
	}
	c := call.decode(call, a)
	switch {
	case call.readOnly:
		return decideRead(call, a, c)
	case c.id:
		return verdict{success: true}
	case c.errors:
		return call.notSuccess(errErrors)
	case c.kind == bodyOther:
		return call.notSuccess(errNotAPI)
	case call.op.Success == 0: // a write by Do, whose documented status is not known here
		switch {
		case a.StatusCode == http.StatusAccepted:
			return call.notSuccess(errUnexpected)
		case c.kind == bodyUnreadable:
			return call.notSuccess(errNoContent)
		}
		return verdict{success: true}
	case a.StatusCode != call.op.Success:
		return call.notSuccess(errUnexpected)
	case call.object != "":
		return verdict{success: true}
	case c.kind == bodyObject:
		return verdict{outcome: OutcomeApplied, cause: errNoID}
	}
	return call.notSuccess(errNoContent)
}

// decideRead is for reads with a 2xx status.
func decideRead(call *call, a *attempt, c content) verdict {
	switch {
	case a.cut:
		return call.uncertain(true)
	case a.partial != nil:
		return call.uncertain(false)
	case c.errors:
		return call.notSuccess(errErrors)
	case c.id:
		return verdict{success: true}
	case call.op.Success != 0 && c.kind == bodyObject: // the caller needs the record
		return call.notSuccess(errNoID)
	case c.kind == bodyObject, call.op.Success == 0 && c.kind == bodyEmpty && a.StatusCode == http.StatusNoContent:
		return verdict{success: true}
	}
	return call.notSuccess(errNotAPI)
}

// uncertain returns the verdict on an attempt that may have been applied. A read changes nothing.
func (call *call) uncertain(worthRetry bool) verdict {
	v := verdict{outcome: OutcomeUnknown}
	if call.readOnly {
		v.outcome = OutcomeNotApplied
	}
	if worthRetry && call.repeatable {
		v.retry = retry
	}
	return v
}

// notSuccess returns the verdict on a response with a 2xx status whose body does not show that the call succeeded.
func (call *call) notSuccess(cause error) verdict {
	v := call.uncertain(false)
	v.cause = cause
	return v
}

// learn notes what a response says about limits, after the limiter has seen it. It returns what a 429 means, and whether the
// limiter itself holds back the next attempt.
func (c *Client) learn(call *call, a *attempt, permit ratelimit.Permit) (refusal ratelimit.Refusal, holdsBack bool) {
	seen := c.headersSeen
	if a.StatusCode == http.StatusTooManyRequests {
		if r, ok := permit.(ratelimit.Refuser); ok {
			return r.Refusal(), true
		}
		known := ratelimit.Known{Record: call.object != "" || call.customer != "" || call.search, Counts: seen.counts.Load(), ResetsAlways: seen.resets.Load()}
		return ratelimit.Classify(a.Header, a.receivedAt, known), false
	}
	if a.Header.Get("X-Ratelimit-Remaining") != "" {
		seen.counts.Store(true)
	}
	if a.Header.Get("X-Ratelimit-Reset") != "" {
		seen.resets.Store(true)
	}
	return ratelimit.Refusal{}, false
}

// headersSeen says which headers about limits earlier responses had. It is for limiters that do not classify a 429.
type headersSeen struct{ counts, resets atomic.Bool }

// failure returns the error of an attempt that did not succeed.
func (c *Client) failure(call *call, a *attempt, v verdict, attempts int) error {
	header := a.Header
	if a.success() { // receive searched it for whole keys only
		header = a.secrets.redactHeader(header, false)
	}
	e := &Error{
		Op: call.op.ID, Method: call.op.Method, Path: call.op.Path, ID: call.id,
		StatusCode: a.StatusCode,
		Outcome:    v.outcome,
		RequestID:  header.Get(requestIDHeader),
		Budget:     ratelimit.ReadBudget(header, a.receivedAt),
		Header:     header,
		Body:       a.secrets.redactBody(a.plain),
		Attempts:   attempts,
		Err:        a.cause(v),
	}
	switch {
	case a.StatusCode == 0 && !a.unsent:
		e.Hint = a.hint
	case a.StatusCode != 0 && (!a.success() || v.cause == errErrors):
		text := e.Body
		if a.success() {
			text = a.plain // Body is only the beginning of it
		}
		e.Items = errorItems(text)
		a.secrets.redactItems(e.Items)
		e.setHint(call, c.defined)
	}
	switch {
	case v.outcome == OutcomeApplied:
		e.Hint = "the write succeeded, but its response was unreadable: do not send it again, look for the record"
	case v.cause == errNotAPI, v.cause == errUnexpected:
		e.addHint("check the host, and any proxy in between")
	}
	if waitErr, ok := errors.AsType[*ratelimit.WaitError](a.err); ok && a.unsent {
		e.Hint = "the limiter held it back, so it was not counted against the budget"
		return localRefusal(e, waitErr)
	}
	if v.outcome == OutcomeUnknown {
		return call.unknown(e)
	}
	if a.StatusCode != http.StatusTooManyRequests {
		return e
	}
	switch a.refusal.Scope {
	case ScopeOrg:
		e.addHint("the organisation's budget of requests is spent")
	case ScopeObject:
		e.addHint("the limit of this record or customer, or of searches, is exceeded; other calls are not affected")
	}
	if a.refusal.Wait > 0 {
		e.addHint(fmt.Sprintf("send it again in %s", a.refusal.Wait.Round(time.Second)))
	}
	return &RateLimitError{Scope: a.refusal.Scope, RetryAfter: a.refusal.Wait, Err: e}
}

// cause returns why there is no response, or why the response is not the expected one.
func (a *attempt) cause(v verdict) error {
	switch {
	case a.err != nil:
		return a.err
	case v.cause != nil && a.partial != nil:
		return errors.Join(v.cause, a.partial)
	case v.cause != nil:
		return v.cause
	}
	return a.partial
}

// unknown returns the error of a call that may have been applied.
func (call *call) unknown(e *Error) error {
	return &OutcomeUnknownError{ExternalID: call.createRef.ExternalID, ID: call.createRef.ID, Err: e}
}

// localRefusal returns the error of a call that the limiter held back, perhaps after attempts that failed.
func localRefusal(e *Error, waitErr *ratelimit.WaitError) *RateLimitError {
	return &RateLimitError{Scope: waitErr.Scope, RetryAfter: waitErr.Wait, Local: e.Attempts == 0, Err: e}
}
