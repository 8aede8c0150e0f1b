package client

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/internal/limits"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A call is one operation with its arguments, checked and ready to be sent any number of times.
type call struct {
	op         *limits.Operation
	url        *url.URL
	id         string // in the path
	recordID   string // the record that the response is about, if it is known beforehand
	object     string // the record it updates, if any
	customer   string // the customer it creates for, if any
	createRef  createRef
	body       []byte
	mediaType  string
	readOnly   bool // nothing to apply
	repeatable bool // has the same effect twice
	windowed   bool // but only while nobody else changes the record, so not long after the first time
	settings   callSettings

	// read decodes the response of a success and says what its body holds.
	read func(*attempt) content

	// For errors.
	plainTransport bool
	defined        []string
}

// A createRef is what the caller gave a new record, by which it can be found again.
type createRef struct{ ExternalID, ID string }

// run sends a call, as often as the policy allows, and logs what came of it.
func (c *Client) run(ctx context.Context, call *call, r *Response) error {
	start := time.Now()
	call.plainTransport, call.defined = c.plainTransport, c.defined
	err := c.send(ctx, call, r)
	c.log(ctx, call, time.Since(start), r, err)
	return err
}

// fill fills in r from the last attempt.
func (a *attempt) fill(r *Response) {
	r.StatusCode, r.Header = a.status, a.header
	r.RequestID = a.header.Get(requestIDHeader)
	r.RateLimit = ratelimit.ReadBudget(a.header, a.received)
	r.raw, r.plain, r.partial = a.body, a.plain, a.bodyErr
	shown := slices.Clone(a.secrets)
	r.redact = func(text string) string { return shown.redact(text, droppedCause) }
}
