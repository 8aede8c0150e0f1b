package client

import (
	"errors"
	"net/http"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// failure returns the error of an attempt that did not succeed.
func (call *call) failure(a *attempt, v verdict, attempts int) error {
	// The header of a 2xx was looked at for whole keys alone.
	header := a.secrets.redactHeader(a.header, false)
	e := &Error{
		Op: call.op.ID, Method: call.op.Method, Path: call.op.Path, ID: call.id,
		StatusCode: a.status,
		Outcome:    v.outcome,
		RequestID:  header.Get(requestIDHeader),
		RateLimit:  ratelimit.ReadBudget(header, a.received),
		Header:     header,
		Body:       a.secrets.redactBody(a.text()),
		Attempts:   attempts,
		Err:        a.cause(v),
	}
	switch {
	case a.status == 0 && !a.unsent:
		e.Hint = a.hint
	case a.status != 0 && (!a.success() || v.cause == errErrors):
		text := e.Body
		if a.success() {
			text = a.text() // of which Body is only the beginning
		}
		e.Items = errorItems(text)
		a.secrets.redactItems(e.Items)
		e.explain(call)
	}
	switch {
	case v.outcome == Applied:
		e.Hint = "the write succeeded, but its response was unreadable: do not send it again, look for the record"
	case v.cause == errNotAPI, v.cause == errUnexpected:
		e.Hint = joinHint(e.Hint, "check the host, and any proxy on the way")
	}
	if held, ok := errors.AsType[*ratelimit.WaitError](a.err); ok && a.unsent {
		e.Hint = "it was held back here and cost nothing"
		return localRefusal(e, held)
	}
	switch {
	case a.status == http.StatusTooManyRequests:
		return rateLimitError(e, v.refusal)
	case v.outcome == Unknown:
		return call.unknown(e)
	}
	return e
}

// cause returns why there is no response, or why it is not what was expected.
func (a *attempt) cause(v verdict) error {
	switch {
	case a.err != nil:
		return a.err
	case v.cause != nil && a.bodyErr != nil:
		return errors.Join(v.cause, a.bodyErr)
	case v.cause != nil:
		return v.cause
	case a.success() || !errors.Is(a.bodyErr, errTooLong):
		return a.bodyErr // the beginning of an error's body is enough
	}
	return nil
}

// unknown returns the error of a call that may have been applied.
func (call *call) unknown(e *Error) error {
	return &OutcomeUnknownError{ExternalID: call.createRef.ExternalID, ID: call.createRef.ID, Err: e}
}
