package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// An attempt is the result of sending a call once.
type attempt struct {
	credential
	status             int // 0 without a response
	header             http.Header
	body               []byte
	plain              []byte // body without its content encoding; nil if that cannot be decoded
	bodyErr            error  // why body is incomplete or unreadable
	cut                bool   // the connection was lost within body
	content            content
	refusal            ratelimit.Refusal // what a 429 means
	holdsBack          bool              // the limiter itself holds back the next attempt after a 429
	sentAt, receivedAt time.Time
	waited             time.Duration // for the limiter

	err             error  // why there is no response
	unsent          bool   // err came before the request was sent
	mayHaveBeenSent bool   // a byte of the request may have reached the server
	notProcessed    bool   // err says that the server did not process the request
	permanent       bool   // another attempt would fail in the same way
	hint            string // what to do about err
}

func (a *attempt) success() bool { return a.status >= 200 && a.status <= 299 }

// attempt sends the call once. It reads the token before it asks the limiter, because a token source may itself call a client
// on the same limiter.
func (c *Client) attempt(ctx context.Context, call *call, s retryState) attempt {
	cred, err := c.readToken(ctx, s)
	if err != nil {
		return attempt{unsent: true, err: err, credential: cred}
	}
	start := time.Now()
	permit, err := c.acquire(ctx, call, s)
	waited := time.Since(start)
	if err != nil {
		return attempt{unsent: true, err: withContextErr(ctx, err), credential: cred, waited: waited}
	}
	a := c.exchange(ctx, call, cred, permit, AttemptInfo{Op: call.op.ID, Attempt: s.sent + 1, Wait: waited})
	a.waited = waited
	return a
}

// acquire asks the limiter for a permit.
func (c *Client) acquire(ctx context.Context, call *call, s retryState) (ratelimit.Permit, error) {
	r := ratelimit.Request{
		Op: call.limiterOp(), Object: call.object, Customer: call.customer,
		Background: call.settings.background, Retry: !s.uncertainSince.IsZero(),
	}
	wait, limited := c.waitLeft(call, s)
	window, windowed := c.windowLeft(call, s)
	if windowed && window < 0 {
		return nil, c.tooLate(s, 0) // the token source took too long
	}
	if windowed && (!limited || window < wait) {
		wait, limited = window, true
	}
	if limited {
		r.MaxWait = wait
		if wait == 0 {
			r.MaxWait = -1 // 0 is no limit
		}
	}
	permit, err := c.limiter.Acquire(ctx, r)
	switch {
	case err != nil:
		if refused, ok := errors.AsType[*ratelimit.WaitError](err); ok && windowed && window < refused.Wait {
			err = errors.Join(c.tooLate(s, refused.Wait), err)
		}
		return nil, err
	case permit == nil:
		return nil, errors.New("the limiter returned neither a permit nor an error")
	}
	if window, windowed := c.windowLeft(call, s); windowed && window < 0 {
		err := c.tooLate(s, 0)
		permit.Done(ratelimit.Result{Err: err})
		return nil, err
	}
	return permit, nil
}

// exchange sends the request and reads the response. It returns the permit, also if the transport panics.
func (c *Client) exchange(ctx context.Context, call *call, cred credential, permit ratelimit.Permit, info AttemptInfo) (a attempt) {
	a = attempt{credential: cred, unsent: true}
	var end func(AttemptResult)
	var start time.Time
	completed := false
	defer func() {
		permit.Done(ratelimit.Result{Status: a.status, Header: a.header, Sent: a.sentAt, Received: a.receivedAt, Err: a.err})
		a.refusal, a.holdsBack = c.learn(call, &a, permit)
	}()
	defer func() {
		if !completed {
			a.err = errPanicked
		}
		if end != nil {
			end(a.result(time.Since(start)))
		}
	}()
	if c.trace.Attempt != nil {
		var traced context.Context
		if traced, end = c.trace.Attempt(ctx, info); traced != nil {
			ctx = traced
		}
		start = time.Now()
	}
	c.roundTrip(ctx, call, &a)
	completed = true
	return a
}

// roundTrip sends the request and reads the response, within the timeout of an attempt.
func (c *Client) roundTrip(ctx context.Context, call *call, a *attempt) {
	var cancel context.CancelFunc
	if c.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	defer cancel()
	guard := &replayGuard{cancel: cancel, readOnly: call.readOnly, hasBody: call.body != nil}
	req, err := c.newRequest(ctx, call, a.token, guard)
	if err == nil {
		// If the context has ended, net/http returns before it reports that it connects.
		err = ctx.Err()
	}
	if err != nil {
		a.err = withContextErr(ctx, err)
		return
	}
	a.unsent, a.mayHaveBeenSent = false, true
	a.sentAt = time.Now()
	resp, err := c.do(req)
	a.receivedAt = time.Now()
	if err != nil {
		err = withoutURL(err)
		a.mayHaveBeenSent = guard.mayHaveBeenSent(c.plainTransport || failedToConnect(err))
		a.hint, a.permanent = connectHint(err, c.plainTransport)
		err, a.notProcessed = guard.end(withContextErr(ctx, err), c.plainTransport)
		a.err = a.secrets.redactError(err)
		return
	}
	defer resp.Body.Close()
	c.receive(ctx, resp, a)
}

// newRequest builds the request of one attempt, with a body of its own.
func (c *Client) newRequest(ctx context.Context, call *call, token string, guard *replayGuard) (*http.Request, error) {
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := http.NewRequest(call.op.Method, "", body)
	if err != nil {
		return nil, err
	}
	u := *call.url // a transport may change its own copy
	req.URL, req.Host = &u, u.Host
	if call.body != nil {
		req.Header["Content-Type"] = []string{call.mediaType}
		req.GetBody = nil
		if c.lastProto.Load() == 1 {
			req.GetBody = func() (io.ReadCloser, error) { return guard.body(call.body) }
		}
	}
	req.Header["Accept"] = []string{"application/json"}
	req.Header["User-Agent"] = []string{c.userAgent}
	authorize(req, token)
	return req.WithContext(guard.watch(ctx)), nil
}

// receive reads the response.
func (c *Client) receive(ctx context.Context, resp *http.Response, a *attempt) {
	if resp.StatusCode == 0 {
		a.err = errHiddenRedirect
		return
	}
	c.lastProto.Store(int32(resp.ProtoMajor))
	restoreLocation(resp.Header)
	a.status = resp.StatusCode
	a.header = a.secrets.redactHeader(resp.Header, a.success())
	limit := int64(maxErrorBody + a.secrets.longest())
	switch {
	case a.success():
		limit = maxResponse
	case a.status < 200:
		return // its body is the connection itself, which no context ends
	}
	a.body, a.bodyErr = readBody(resp, limit)
	a.cut = a.bodyErr != nil && !errors.Is(a.bodyErr, errTooLong)
	plain, err := ungzip(resp.Header, a.body, limit)
	a.plain = plain
	if err != nil && (a.bodyErr == nil || errors.Is(err, errEncoding)) {
		a.bodyErr = errors.Join(a.bodyErr, err)
	}
	if !a.success() && errors.Is(a.bodyErr, errTooLong) {
		a.bodyErr = nil // the beginning of an error body is enough
	}
	a.bodyErr = a.secrets.redactError(withContextErr(ctx, a.bodyErr))
}

// errHiddenRedirect stands for a redirect that a browser does not show.
var errHiddenRedirect = errors.New("the response is a redirect, which is not followed")

// learn notes what a response says about limits, after the limiter has seen it. It returns what a 429 means, and whether the
// limiter itself holds back the next attempt.
func (c *Client) learn(call *call, a *attempt, permit ratelimit.Permit) (refusal ratelimit.Refusal, holdsBack bool) {
	if a.status != http.StatusTooManyRequests {
		c.headersSeen.note(a.header)
		return ratelimit.Refusal{}, false
	}
	if r, ok := permit.(ratelimit.Refuser); ok {
		return r.Refusal(), true
	}
	return ratelimit.Classify(a.header, a.receivedAt, c.headersSeen.known(call)), false
}

// headersSeen notes which headers about limits earlier responses had. It is for limiters that do not classify a 429.
type headersSeen struct{ counts, resets atomic.Bool }

func (s *headersSeen) note(h http.Header) {
	if h.Get("X-Ratelimit-Remaining") != "" && !s.counts.Load() {
		s.counts.Store(true)
	}
	if h.Get("X-Ratelimit-Reset") != "" && !s.resets.Load() {
		s.resets.Store(true)
	}
}

func (s *headersSeen) known(call *call) ratelimit.Known {
	return ratelimit.Known{Record: call.object != "" || call.customer != "", Counts: s.counts.Load(), ResetsAlways: s.resets.Load()}
}

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
