package client

import (
	"context"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/internal/schema"
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

	// decode decodes the response of an attempt whose status is 2xx, and reports what its body contains.
	decode func(*call, *attempt) content
}

// A createRef has the ids that the caller gave a new record, by which it can be found again.
type createRef struct{ ExternalID, ID string }

// read returns a call that changes nothing.
func read(op *schema.Operation, id string) call {
	return call{op: op, id: id, readOnly: true, repeatable: true}
}

// callFor checks and sends a call whose response is a record. See [Client.prepare] for idName, root and body.
func callFor[T any, R record[T]](ctx context.Context, c *Client, call call, opts []CallOption, idName, root string, body any) (R, error) {
	if err := c.prepare(ctx, &call, opts, idName, root, body); err != nil {
		return nil, err
	}
	return sendFor[T, R](ctx, c, call)
}

// sendFor sends a call that is checked and whose response is a record.
func sendFor[T any, R record[T]](ctx context.Context, c *Client, call call) (R, error) {
	rec := R(new(T))
	_, r, _ := rec.meta()
	call.decode = decodeInto(rec)
	if err := c.run(ctx, &call, r); err != nil {
		return nil, err
	}
	return rec, nil
}

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
		d, err := c.conclude(ctx, call, &a, s)
		if err == nil {
			return nil
		}
		if d.outcome == OutcomeUnknown && s.uncertainSince.IsZero() {
			s.uncertainSince = a.sentAt
		}
		if a.StatusCode == http.StatusTooManyRequests {
			s.refusals++
		} else {
			s.failures++
		}
		if !c.shouldRetry(d, s) {
			return call.final(err, s)
		}
		if d.retry == retryNewToken {
			s.rejectedToken = a.token
		}
		s.err, s.status, s.pause = err, a.StatusCode, s.nextPause(&a, d)
		if why := c.pause(ctx, call, s); why != nil {
			return c.retryBlocked(ctx, call, why, s)
		}
		s.waited += s.pause
	}
}
