package client

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// An attempt is the result of sending a call once.
type attempt struct {
	Response // its StatusCode is 0 if no response came
	token    string
	secrets  secrets     // the tokens of this attempt and of those before it
	added    http.Header // by the trace

	cut                bool              // the connection was lost within the body
	refusal            ratelimit.Refusal // what a 429 means
	limiterDelays      bool              // the limiter itself delays the next attempt after a 429
	sentAt, receivedAt time.Time
	waited             time.Duration // for the limiter

	err             error  // why there is no response
	unsent          bool   // err came before the request was sent
	mayHaveBeenSent bool   // a byte of the request may have reached the server
	notProcessed    bool   // err says that the server did not process the request
	permanent       bool   // another attempt would fail in the same way
	hint            string // what to do about err
}

func (a *attempt) success() bool { return a.StatusCode >= 200 && a.StatusCode <= 299 }

// attempt sends the call once. It reads the token before it asks the limiter, because a token source may itself call a client
// on the same limiter.
func (c *Client) attempt(ctx context.Context, call *call, s retryState) (a attempt) {
	a.unsent = true
	if a.token, a.secrets, a.err = c.readToken(ctx, s); a.err != nil {
		return a
	}
	start := time.Now()
	permit, err := c.acquire(ctx, call, s)
	a.waited = time.Since(start)
	if err != nil {
		a.err = withContextErr(ctx, err)
		return a
	}
	c.exchange(ctx, call, permit, &a, s.sent+1)
	return a
}

// acquire asks the limiter for a permit.
func (c *Client) acquire(ctx context.Context, call *call, s retryState) (ratelimit.Permit, error) {
	r := ratelimit.Request{
		Op: call.op.ID, Object: call.object, Customer: call.customer, Search: call.search,
		Background: call.settings.background, Retry: !s.uncertainSince.IsZero(),
	}
	if r.Op == doID { // some endpoints, such as searches, have limits of their own
		r.Op += " " + call.op.Method + " " + call.op.Path
	}
	window := c.windowLeft(call, s)
	if window < 0 {
		return nil, c.tooLate(s, 0) // the token source took too long
	}
	if wait := min(window, c.waitLeft(call, s)); wait != unlimited {
		r.MaxWait = cmp.Or(wait, -1) // 0 is no limit
	}
	permit, err := c.limiter.Acquire(ctx, r)
	if err == nil && permit == nil {
		err = errors.New("the limiter returned neither a permit nor an error")
	}
	if refused, ok := errors.AsType[*ratelimit.WaitError](err); ok && window < refused.Wait {
		err = errors.Join(c.tooLate(s, refused.Wait), err)
	}
	if err != nil {
		return nil, err
	}
	if c.windowLeft(call, s) < 0 { // a limiter may ignore MaxWait
		err := c.tooLate(s, 0)
		permit.Done(ratelimit.Result{Err: err})
		return nil, err
	}
	return permit, nil
}

// exchange sends the request and reads the response. It returns the permit even if the transport panics.
func (c *Client) exchange(ctx context.Context, call *call, permit ratelimit.Permit, a *attempt, number int) {
	defer func() {
		permit.Done(ratelimit.Result{Status: a.StatusCode, Header: a.Header, Sent: a.sentAt, Received: a.receivedAt, Err: a.err})
		a.refusal, a.limiterDelays = c.learn(call, a, permit)
	}()
	a.err = errPanicked
	ctx, end := c.traceAttempt(ctx, call, a, number)
	defer func() { end(a) }()
	a.err = c.roundTrip(ctx, call, a)
}

// learn notes what a response says about limits, after the limiter has seen it. It returns what a 429 means, and whether the
// limiter itself delays the next attempt.
func (c *Client) learn(call *call, a *attempt, permit ratelimit.Permit) (refusal ratelimit.Refusal, limiterDelays bool) {
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

// roundTrip sends the request and reads the response, within the timeout of an attempt.
func (c *Client) roundTrip(ctx context.Context, call *call, a *attempt) error {
	var cancel context.CancelFunc
	if c.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	defer cancel()
	tracker := &connTracker{cancel: cancel, readOnly: call.readOnly, hasBody: call.body != nil}
	req, err := c.newRequest(tracker.track(ctx), call, a.token, tracker)
	if err == nil {
		err = ctx.Err() // if the context has ended, net/http returns before it reports that it connects
	}
	if err != nil {
		return withContextErr(ctx, err)
	}
	a.addHeader(req.Header)
	a.unsent, a.mayHaveBeenSent = false, true
	a.sentAt = time.Now()
	resp, err := c.do(req)
	a.receivedAt = time.Now()
	if err != nil {
		err = withoutURL(err)
		a.mayHaveBeenSent = tracker.mayHaveBeenSent(err, c.plainTransport)
		a.hint, a.permanent = connectHint(err, c.plainTransport)
		err, a.notProcessed = tracker.end(withContextErr(ctx, err), c.plainTransport)
		return a.secrets.redactError(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == 0 {
		return errHiddenRedirect
	}
	c.lastProto.Store(int32(resp.ProtoMajor))
	a.receive(ctx, resp)
	return nil
}

// url returns the URL of a path.
func (c *Client) url(path string) string { return strings.TrimSuffix(c.base, "/") + path }

// newRequest builds the request of one attempt, with a body of its own.
func (c *Client) newRequest(ctx context.Context, call *call, token string, tracker *connTracker) (*http.Request, error) {
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := http.NewRequestWithContext(ctx, call.op.Method, c.url(call.path), body)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, call.settings.header)
	if call.body != nil {
		req.Header["Content-Type"] = []string{call.mediaType}
		req.GetBody = nil
		if c.lastProto.Load() == 1 {
			req.GetBody = func() (io.ReadCloser, error) { return tracker.body(call.body) }
		}
	}
	req.Header["Accept"] = []string{"application/json"}
	req.Header["User-Agent"] = []string{c.userAgent}
	authorize(req, token)
	if runtime.GOOS == "js" {
		req.Header["js.fetch:redirect"] = []string{"manual"} // a browser would follow it and send the key along
	}
	return req, nil
}

// errHiddenRedirect stands for a redirect that a browser does not show.
var errHiddenRedirect = errors.New("the response is a redirect, which is not followed")

// withContextErr adds the error of a context that has ended to err. net/http returns the cause of the context instead,
// which may be any error.
func withContextErr(ctx context.Context, err error) error {
	if end := ctx.Err(); err != nil && end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}

// withoutURL removes the URL, which includes the query, from an error of net/http.
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}
