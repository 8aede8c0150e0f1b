package client

import (
	"errors"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A verdict says what one attempt means for its call: what became of the write, whether another attempt is worth making,
// which limit was met and how long to wait. The table in docs/limits-and-retries.md has a row for each case of [decide].
type verdict struct {
	success bool
	outcome Outcome // of a write that did not succeed
	retry   retryRule
	refusal ratelimit.Refusal // of a 429
	wait    time.Duration     // what the server asks to wait before another attempt; 0 where it does not say
	cause   error             // what is wrong with a response whose status is 2xx
}

// A retryRule says whether another attempt is worth making. The [RetryPolicy] and the time left decide whether it is made.
type retryRule uint8

const (
	retryNever    retryRule = iota
	retry                   // nothing was applied, or applying it twice does no harm
	retryNewToken           // nothing was applied, and only another token helps
)

// Why a response whose status is 2xx is no success.
var (
	errNotAPI     = errors.New("the response does not come from the API: its body is not a JSON object")
	errErrors     = errors.New("the response lists errors")
	errUnexpected = errors.New("the response has neither the documented status nor a data.id")
	errNoContent  = errors.New("the response has no readable body")
)

// decide is the one place that says what becomes of an attempt.
func decide(call *call, a *attempt) verdict {
	var v verdict
	switch {
	case a.unsent:
		v = verdict{outcome: NotApplied}
	case a.status == 0:
		v = decideLost(call, a)
	case a.success():
		v = decideSuccess(call, a)
	default:
		v = decideStatus(call, a.status)
	}
	switch {
	case a.status == http.StatusTooManyRequests:
		v.refusal = a.refusal
		v.wait = a.refusal.Wait
	case v.retry != retryNever && a.header != nil:
		v.wait, _ = ratelimit.RetryAfter(a.header, a.received)
	}
	return v
}

// decideLost is for attempts without a response.
func decideLost(call *call, a *attempt) verdict {
	switch {
	case !a.mayHaveBeenSent(call.plainTransport):
		if a.permanent {
			return verdict{outcome: NotApplied}
		}
		return verdict{outcome: NotApplied, retry: retry}
	case a.notProcessed:
		return verdict{outcome: NotApplied, retry: retry}
	}
	return call.doubt(!errors.Is(a.err, errHiddenRedirect))
}

// decideStatus is for responses whose status is not 2xx.
func decideStatus(call *call, status int) verdict {
	switch status {
	case http.StatusTooManyRequests, http.StatusTooEarly:
		return verdict{outcome: NotApplied, retry: retry} // refused before it was processed
	case http.StatusUnauthorized:
		return verdict{outcome: NotApplied, retry: retryNewToken}
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return call.doubt(true)
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, statusClientClosedRequest:
		return call.doubt(false) // often sent after the request was processed
	}
	if status >= 300 && status <= 499 {
		return verdict{outcome: NotApplied}
	}
	return call.doubt(false)
}

// statusClientClosedRequest is what nginx says when the client of a proxy has left.
const statusClientClosedRequest = 499

// decideSuccess is for responses whose status is 2xx. A write succeeded if its record comes back. Without that, a response
// that the document describes is a success where its content does not matter; anything else may come from a proxy.
func decideSuccess(call *call, a *attempt) verdict {
	c := a.content
	switch {
	case a.method == http.MethodHead:
		return verdict{success: true}
	case call.readOnly:
		return decideRead(call, a)
	case c.id:
		return verdict{success: true}
	case c.errors:
		return call.notSuccess(errErrors)
	case c.kind == bodyOther:
		return call.notSuccess(errNotAPI)
	case call.op.Success == 0: // a write by Do, whose success is not documented here
		switch {
		case a.status == http.StatusAccepted:
			return call.notSuccess(errUnexpected)
		case c.kind == bodyUnreadable:
			return call.notSuccess(errNoContent)
		}
		return verdict{success: true}
	case a.status != call.op.Success:
		return call.notSuccess(errUnexpected)
	case call.recordID != "":
		return verdict{success: true}
	case c.kind == bodyObject:
		return verdict{outcome: Applied, cause: errNoID}
	}
	return call.notSuccess(errNoContent)
}

// decideRead is for reads whose status is 2xx.
func decideRead(call *call, a *attempt) verdict {
	switch {
	case a.cut:
		return call.doubt(true)
	case a.bodyErr != nil:
		return call.doubt(false)
	case a.content.errors:
		return call.notSuccess(errErrors)
	case a.content.kind == bodyObject, a.content.id, a.content.kind == bodyEmpty && a.status == http.StatusNoContent:
		return verdict{success: true}
	}
	return call.notSuccess(errNotAPI)
}

// doubt is the verdict on an attempt that may have been applied. Reads have nothing to apply.
func (call *call) doubt(worthRetry bool) verdict {
	v := verdict{outcome: Unknown}
	if call.readOnly {
		v.outcome = NotApplied
	}
	if worthRetry && call.repeatable {
		v.retry = retry
	}
	return v
}

// notSuccess is the verdict on a response whose status is 2xx and whose body does not say that the call succeeded.
func (call *call) notSuccess(cause error) verdict {
	v := call.doubt(false)
	v.cause = cause
	return v
}
