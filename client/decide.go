package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A decision is what one attempt means for its call. The table in docs/limits-and-retries.md has a row for each case of
// [decide].
type decision struct {
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
func (c *Client) conclude(ctx context.Context, call *call, a *attempt, s retryState) (decision, error) {
	d := decide(call, a)
	var err error
	if !d.success {
		err = c.failure(call, a, d, s.sent)
	}
	c.reportAttempt(ctx, call, a, s, err)
	return d, err
}

// decide is the only place that decides what an attempt means.
func decide(call *call, a *attempt) decision {
	var d decision
	switch {
	case a.unsent:
		d = decision{outcome: OutcomeNotApplied}
	case a.StatusCode == 0:
		d = decideNoResponse(call, a)
	case a.success():
		d = decideSuccess(call, a)
	default:
		d = decideStatus(call, a.StatusCode)
	}
	switch {
	case a.StatusCode == http.StatusTooManyRequests:
		d.wait = a.refusal.Wait
	case d.retry != retryNever && a.Header != nil:
		d.wait, _ = ratelimit.RetryAfter(a.Header, a.receivedAt)
	}
	return d
}

// decideNoResponse is for attempts without a response.
func decideNoResponse(call *call, a *attempt) decision {
	switch {
	case !a.mayHaveBeenSent && a.permanent:
		return decision{outcome: OutcomeNotApplied}
	case !a.mayHaveBeenSent, a.notProcessed:
		return decision{outcome: OutcomeNotApplied, retry: retry}
	}
	return call.uncertain(!errors.Is(a.err, errHiddenRedirect))
}

// decideStatus is for responses with another status than 2xx.
func decideStatus(call *call, status int) decision {
	switch status {
	case http.StatusTooManyRequests, http.StatusTooEarly:
		return decision{outcome: OutcomeNotApplied, retry: retry} // refused before it was processed
	case http.StatusUnauthorized:
		return decision{outcome: OutcomeNotApplied, retry: retryNewToken}
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return call.uncertain(true)
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, statusClientClosedRequest:
		return call.uncertain(false) // servers often send these after they processed the request
	}
	if status >= 300 && status <= 499 {
		return decision{outcome: OutcomeNotApplied}
	}
	return call.uncertain(false)
}

// statusClientClosedRequest is the status of nginx for a client that closed the connection.
const statusClientClosedRequest = 499

// decideSuccess is for responses with a 2xx status. A write succeeded if the response has its record. Without a record, the
// documented status is a success if the caller does not need the content. Any other response may come from a proxy.
func decideSuccess(call *call, a *attempt) decision {
	if call.op.Method == http.MethodHead {
		return decision{success: true}
	}
	c := call.decode(call, a)
	switch {
	case call.readOnly:
		return decideRead(call, a, c)
	case c.id:
		return decision{success: true}
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
		return decision{success: true}
	case a.StatusCode != call.op.Success:
		return call.notSuccess(errUnexpected)
	case call.object != "":
		return decision{success: true}
	case c.kind == bodyObject:
		return decision{outcome: OutcomeApplied, cause: errNoID}
	}
	return call.notSuccess(errNoContent)
}

// decideRead is for reads with a 2xx status.
func decideRead(call *call, a *attempt, c content) decision {
	switch {
	case a.cut:
		return call.uncertain(true)
	case a.partial != nil:
		return call.uncertain(false)
	case c.errors:
		return call.notSuccess(errErrors)
	case c.id:
		return decision{success: true}
	case call.op.Success != 0 && c.kind == bodyObject: // the caller needs the record
		return call.notSuccess(errNoID)
	case c.kind == bodyObject, call.op.Success == 0 && c.kind == bodyEmpty && a.StatusCode == http.StatusNoContent:
		return decision{success: true}
	}
	return call.notSuccess(errNotAPI)
}

// uncertain returns the decision on an attempt that may have been applied. A read changes nothing.
func (call *call) uncertain(worthRetry bool) decision {
	d := decision{outcome: OutcomeUnknown}
	if call.readOnly {
		d.outcome = OutcomeNotApplied
	}
	if worthRetry && call.repeatable {
		d.retry = retry
	}
	return d
}

// notSuccess returns the decision on a response with a 2xx status whose body does not show that the call succeeded.
func (call *call) notSuccess(cause error) decision {
	d := call.uncertain(false)
	d.cause = cause
	return d
}
