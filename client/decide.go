package client

import (
	"context"
	"errors"
	"net/http"
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
