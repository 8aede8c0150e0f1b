package client

import (
	"errors"
	"net/http"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// failure makes the error of a call whose last attempt did not succeed.
func (call *call) failure(a *attempt, attempts int) error {
	e := call.error(a)
	e.Attempts = attempts
	if a.err != nil {
		e.Err = a.err
	} else if a.bodyErr != nil && (a.success() || !errors.Is(a.bodyErr, errTooLong)) {
		e.Err = a.bodyErr // of an error's body, the beginning is enough
	}
	e.Outcome = call.outcomeOf(a)
	if a.status != 0 && !a.success() {
		e.Items = errorItems(e.Body)
		a.secrets.redactItems(e.Items)
		e.explain(call)
	}
	var held *ratelimit.WaitError
	switch {
	case a.unsent && errors.As(a.err, &held):
		e.Hint = "it was held back here and cost nothing"
		return localRefusal(e, held)
	case e.StatusCode == http.StatusTooManyRequests:
		return rateLimitError(e, a, call.resetsAlways)
	case e.Outcome == Unknown:
		return &OutcomeUnknownError{ExternalID: call.mark.ExternalID, ID: call.mark.ID, Err: e}
	}
	return e
}

// unreadable makes the error of a call that succeeded with an answer of which not even the id can be read.
func (call *call) unreadable(attempts int, cause error) error {
	e := call.error(call.last)
	e.Attempts, e.Outcome, e.Err = attempts, Applied, call.last.secrets.outside(cause)
	e.Hint = "the write was applied: do not send it again, but look for what it made"
	return e
}

// error fills in what is known of the call and the answer.
func (call *call) error(a *attempt) *Error {
	return &Error{
		Op: call.op.ID, Method: call.op.Method, Path: call.op.Path, ID: call.id,
		StatusCode: a.status,
		RequestID:  a.header.Get("X-Amz-Cf-Id"),
		RateLimit:  ratelimit.ReadBudget(a.header, a.received),
		Header:     a.header,
		Body:       a.secrets.redactBody(a.body),
	}
}

// outcomeOf says whether a failed attempt changed anything.
func (call *call) outcomeOf(a *attempt) Outcome {
	switch {
	case call.readOnly, a.status >= 300 && a.status <= 499:
		return NotApplied
	case a.status == 0 && !a.mayHaveLeft(call.plainTransport):
		return NotApplied
	}
	return Unknown
}
