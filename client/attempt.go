package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// An attempt is what came of sending a call once.
type attempt struct {
	trace                 httptrace.ClientTrace
	connecting, connected atomic.Bool // as the transport reports, if it does
	guard                 replayGuard

	method         string
	token          string
	status         int // 0 without a response
	header         http.Header
	body           []byte
	plain          []byte // body without its content encoding; nil if it has none
	bodyErr        error  // why body is incomplete or unreadable
	cut            bool   // the connection was lost within body
	content        content
	refusal        ratelimit.Refusal // what a 429 means
	holdsBack      bool              // after a 429, the limiter holds back the next attempt by itself
	sent, received time.Time
	waited         time.Duration // for the limiter
	err            error         // why there is no response
	unsent         bool          // err came before anything could be sent
	notConnected   bool          // err is about a connection that was never made
	hint           string        // what to do about err
	permanent      bool          // another attempt would fail with err as well
	notProcessed   bool          // err says that the server did not process the request
	secrets        secrets
	buffer         [1]string // for secrets, which are rarely more
}

func (a *attempt) success() bool { return a.status >= 200 && a.status <= 299 }

// mayHaveBeenSent reports whether any byte may have reached the server. A transport of net/http that reports connecting and
// then no connection has sent nothing. Another one may have sent it by a way it does not report, unless its error is
// about a connection that was never made.
func (a *attempt) mayHaveBeenSent(plainTransport bool) bool {
	if a.unsent {
		return false
	}
	neverConnected := a.connecting.Load() && !a.connected.Load()
	return !(neverConnected && (plainTransport || a.notConnected))
}

func failedToConnect(err error) bool {
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || errors.As(err, &cert)
}

// attempt sends the call once. The token is read before the limiter is asked, and events are reported after the permit is
// returned, because a token source or an observer may itself call a client on the same limiter.
func (c *Client) attempt(ctx context.Context, call *call, s *retryState) *attempt {
	a := &attempt{unsent: true, method: call.op.Method}
	a.secrets = append(a.buffer[:0], s.secrets...)
	if a.err = ctx.Err(); a.err != nil {
		return a
	}
	if a.err = c.readToken(ctx, a); a.err != nil {
		return a
	}
	if s.status == http.StatusUnauthorized && a.token == s.rejectedToken {
		a.err = errSameToken
		return a
	}
	var permit ratelimit.Permit
	permit, a.err = c.acquire(ctx, call, s, a)
	if a.err != nil {
		a.err = ended(ctx, a.err)
		return a
	}
	c.exchangeAndReturn(ctx, call, a, permit)
	if a.waited >= worthTelling {
		c.observe(Event{Kind: EventWaited, Op: call.op.ID, Attempt: s.sent + 1, Wait: a.waited})
	}
	if s.failed != nil {
		c.observe(Event{Kind: EventRetried, Op: call.op.ID, Attempt: s.sent + 1, Wait: s.pause, StatusCode: s.status, Err: s.failed})
	}
	return a
}

// exchangeAndReturn sends the request and returns the permit, also if the transport panics.
func (c *Client) exchangeAndReturn(ctx context.Context, call *call, a *attempt, permit ratelimit.Permit) {
	defer func() {
		permit.Done(ratelimit.Result{Status: a.status, Header: a.header, Sent: a.sent, Received: a.received, Err: a.err})
		c.learn(call, a, permit)
	}()
	c.exchange(ctx, call, a)
}

// exchange sends the request and reads the response.
func (c *Client) exchange(ctx context.Context, call *call, a *attempt) {
	var cancel context.CancelFunc
	if c.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	defer cancel()
	a.guard.cancel = cancel
	req, err := c.request(ctx, call, a)
	if err != nil {
		a.err = ended(ctx, err)
		return
	}
	// net/http returns before it reports connecting where the context has ended.
	if a.err = ctx.Err(); a.err != nil {
		return
	}
	a.unsent = false
	a.sent = time.Now()
	resp, err := c.do(req)
	a.received = time.Now()
	if err != nil {
		err = withoutURL(err)
		a.notConnected = failedToConnect(err)
		a.hint, a.permanent = connectHint(err, c.plainTransport)
		err, a.notProcessed = a.guard.end(ended(ctx, err), c.plainTransport)
		a.err = a.secrets.outside(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode == 0 {
		a.err = errHiddenRedirect
		return
	}
	c.lastProto.Store(int32(resp.ProtoMajor))
	putLocationBack(resp.Header)
	a.status = resp.StatusCode
	a.header = a.secrets.redactHeader(resp.Header, a.success())
	limit := int64(maxError + a.secrets.longest())
	switch {
	case a.success():
		limit = maxAnswer
	case a.status < 200:
		return // its body is the connection, which no context ends
	}
	a.body, a.bodyErr = readBody(resp, limit)
	a.cut = a.bodyErr != nil && !errors.Is(a.bodyErr, errTooLong)
	if len(resp.Header["Content-Encoding"]) > 0 && len(a.body) > 0 {
		var err error
		a.plain, err = ungzip(resp.Header, a.body, limit)
		if a.bodyErr == nil || errors.Is(err, errEncoding) {
			a.bodyErr = errors.Join(a.bodyErr, err)
		}
	}
	a.bodyErr = a.secrets.outside(ended(ctx, a.bodyErr))
}

// errHiddenRedirect stands for a response that a browser does not show.
var errHiddenRedirect = errors.New("the response is a redirect, which is not followed")

// learn keeps what a response tells about limits, after the limiter has seen it.
func (c *Client) learn(call *call, a *attempt, permit ratelimit.Permit) {
	if a.status != http.StatusTooManyRequests {
		c.seen.note(a.header)
		return
	}
	if r, ok := permit.(ratelimit.Refuser); ok {
		a.refusal, a.holdsBack = r.Refusal(), true
		return
	}
	a.refusal = ratelimit.Classify(a.header, a.received, c.seen.known(call))
}

// seen is what earlier responses told about limits. It serves limiters that do not say what a 429 means.
type seen struct{ counts, resets atomic.Bool }

func (s *seen) note(h http.Header) {
	if h.Get("X-Ratelimit-Remaining") != "" && !s.counts.Load() {
		s.counts.Store(true)
	}
	if h.Get("X-Ratelimit-Reset") != "" && !s.resets.Load() {
		s.resets.Store(true)
	}
}

func (s *seen) known(call *call) ratelimit.Known {
	return ratelimit.Known{Record: call.object != "" || call.customer != "", Counts: s.counts.Load(), ResetsAlways: s.resets.Load()}
}

// ended makes sure that an error which came with the end of the context says so. net/http gives the context's cause
// instead, which may be any error.
func ended(ctx context.Context, err error) error {
	if end := ctx.Err(); err != nil && end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}
