package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/kustomer-go/kustomer/internal/limits"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A call is one operation with its arguments, checked and ready to be sent any number of times.
type call struct {
	op         *limits.Operation
	url        *url.URL
	id         string // in the path
	object     string // the record it updates, if any
	customer   string // the customer it creates for, if any
	body       []byte
	mediaType  string
	readOnly   bool // nothing to apply
	repeatable bool // has the same effect twice
	settings   callSettings

	// For errors.
	last           *attempt
	mark           mark
	plainTransport bool
	resetsAlways   bool
	defined        []string
}

// A mark is what the caller gave a new record, by which it can be found again.
type mark struct{ ExternalID, ID string }

// carryOut carries a call out, reads its answer with read and logs what came of it.
func (c *Client) carryOut(ctx context.Context, call *call, r *Response, read func() error) error {
	start := time.Now()
	call.plainTransport, call.defined = c.plainTransport, c.defined
	err := c.send(ctx, call, r)
	if err == nil && read != nil {
		if cause := read(); cause != nil {
			err = c.gaveUp(call, call.unreadable(r.Attempts, cause))
		}
	}
	c.log(ctx, call, time.Since(start), r, err)
	return err
}

// attempt sends the call once.
func (c *Client) attempt(ctx context.Context, call *call, t *tries) *attempt {
	a := &attempt{unsent: true}
	a.secrets = append(a.room[:0], t.secrets...)
	if a.err = ctx.Err(); a.err != nil {
		return a
	}
	permit, waited, err := c.acquire(ctx, call, t)
	if err != nil {
		a.err = ended(ctx, err)
		return a
	}
	// Also if the transport or the observer panics, or the permit would be lost for good.
	defer func() {
		permit.Done(ratelimit.Result{Status: a.status, Header: a.header, Sent: a.sent, Received: a.received, Err: a.err})
	}()
	if waited >= worthTelling {
		c.observe(Event{Kind: EventWaited, Op: call.op.ID, Attempt: t.sent + 1, Wait: waited})
	}
	if t.failed != nil {
		c.observe(Event{Kind: EventRetried, Op: call.op.ID, Attempt: t.sent + 1, Wait: t.pause, StatusCode: t.status, Err: t.failed})
	}
	c.exchange(ctx, call, a)
	if a.status != 0 && a.status != http.StatusTooManyRequests && a.header.Get("X-Ratelimit-Reset") != "" {
		c.resetsAlways.Store(true)
	}
	call.resetsAlways = c.resetsAlways.Load()
	return a
}

// outcome turns what came of the last attempt into an answer or an error.
func (call *call) outcome(a *attempt, r *Response) error {
	r.StatusCode, r.Header = a.status, a.header
	r.RequestID = a.header.Get("X-Amz-Cf-Id")
	r.RateLimit = ratelimit.ReadBudget(a.header, a.received)
	r.raw, r.partial, r.redact = a.body, a.bodyErr, a.secrets.redact
	if a.success() && (a.bodyErr == nil || !call.readOnly) {
		return nil
	}
	return call.failure(a, r.Attempts)
}
