package client

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/internal/schema"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A call is one operation with its arguments, checked and ready to be sent any number of times. It is not changed once it
// is built.
type call struct {
	op         *schema.Operation
	url        *url.URL
	id         string // in the path
	recordID   string // of the record in the response, if it is known beforehand
	object     string // the record that the call updates, if any
	customer   string // the customer that the call creates a conversation for, if its limit applies
	createRef  createRef
	body       []byte
	mediaType  string
	readOnly   bool // the call changes nothing
	repeatable bool // sending it twice has the effect of sending it once
	windowed   bool // repeatable only while nobody else changes the record: see RetryPolicy.RetryWindow
	settings   callSettings

	// decode decodes the response of an attempt whose status is 2xx, and reports what its body holds.
	decode func(*call, *attempt) content
}

// A createRef holds the ids that the caller gave a new record. It can be found again by them.
type createRef struct{ ExternalID, ID string }

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
		r.Attempts = s.sent
		if a.status != 0 {
			a.fill(r)
		}
		if a.success() {
			a.content = call.decode(call, &a)
		}
		v := decide(call, &a)
		err := c.failure(call, &a, v, s.sent)
		c.reportAttempt(ctx, call, &a, s, err)
		if err == nil {
			return nil
		}
		if v.outcome == OutcomeUnknown && s.uncertainSince.IsZero() {
			s.uncertainSince = a.sentAt
		}
		if a.status == http.StatusTooManyRequests {
			s.refusals++
		} else {
			s.failures++
		}
		if !c.shouldRetry(&a, v, s) {
			return call.final(err, s)
		}
		if v.retry == retryNewToken {
			s.rejectedToken = a.token
		}
		s.err, s.status, s.pause = err, a.status, s.nextPause(&a, v)
		if why := c.pause(ctx, call, s); why != nil {
			return c.retryBlocked(ctx, call, why, s)
		}
		s.waited += s.pause
	}
}

// fill fills in r from an attempt that got a response.
func (a *attempt) fill(r *Response) {
	r.StatusCode, r.Header = a.status, a.header
	r.RequestID = a.header.Get(requestIDHeader)
	r.Budget = ratelimit.ReadBudget(a.header, a.receivedAt)
	r.raw, r.plain, r.partial = a.body, a.plain, a.bodyErr
	used := slices.Clip(a.secrets)
	r.redact = func(text string) string { return used.redact(text, droppedCause) }
}

// limiterOp returns the name of the operation for the limiter. Some endpoints, such as searches, have limits of their own,
// so each one that [Client.Do] calls has its own name.
func (call *call) limiterOp() string {
	if call.op.ID != doID {
		return call.op.ID
	}
	return call.op.ID + " " + call.op.Method + " " + call.op.Path
}

// The generated request builders parse the base URL for each request, and the resulting path once more. That is a tenth of
// the cost of a call, so the base URL is parsed once and paths are joined to it here.

// operationURL returns the URL of an operation on a record.
func (c *Client) operationURL(op *schema.Operation, id string) *url.URL {
	path := &url.URL{Path: strings.Replace(op.Path, "{id}", id, 1)}
	if escaped := url.PathEscape(id); escaped != id {
		path.RawPath = strings.Replace(op.Path, "{id}", escaped, 1)
	}
	return c.resolve(path)
}

// resolve returns the URL of a path with its query below the base URL.
func (c *Client) resolve(path *url.URL) *url.URL {
	u := *c.host
	if path.RawPath != "" {
		u.RawPath = strings.TrimSuffix(u.EscapedPath(), "/") + path.RawPath
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + path.Path
	u.RawQuery, u.ForceQuery = path.RawQuery, path.ForceQuery
	return &u
}
