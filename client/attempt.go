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
)

// An attempt is what came of sending a call once.
type attempt struct {
	trace                 httptrace.ClientTrace
	connecting, connected atomic.Bool // as the transport said, if it speaks of such things
	once                  sentOnce
	cancel                context.CancelFunc

	status         int // 0 where no answer came
	header         http.Header
	body           []byte
	bodyErr        error // why body is not the whole
	sent, received time.Time
	err            error // why no answer came
	unsent         bool  // err came before anything could leave
	notConnected   bool  // err is of a connection that was never made
	secrets        secrets
	room           [1]string // for them, where there is one
}

func (a *attempt) success() bool { return a.status >= 200 && a.status <= 299 }

// mayHaveLeft reports whether any byte may have reached the server. A transport of net/http that speaks of connecting and
// then of no connection has sent nothing. Another one may have sent it by a way it does not speak of, unless its error is
// of a connection that was never made.
func (a *attempt) mayHaveLeft(plainTransport bool) bool {
	if a.unsent {
		return false
	}
	neverConnected := a.connecting.Load() && !a.connected.Load()
	return !(neverConnected && (plainTransport || a.notConnected))
}

func failedToConnect(err error) bool {
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &cert)
}

// exchange sends the request and reads the answer.
func (c *Client) exchange(ctx context.Context, call *call, a *attempt) {
	if c.timeout > 0 {
		ctx, a.cancel = context.WithTimeout(ctx, c.timeout)
	} else {
		ctx, a.cancel = context.WithCancel(ctx)
	}
	defer a.cancel()
	req, err := c.request(ctx, call, a)
	if err != nil {
		a.err = ended(ctx, err)
		return
	}
	// The token source may have taken until the end, and net/http returns then before it speaks of connecting.
	if a.err = ctx.Err(); a.err != nil {
		return
	}
	a.unsent = false
	a.sent = time.Now()
	resp, err := c.do(req)
	a.received = time.Now()
	if err != nil {
		a.notConnected = failedToConnect(err)
		a.err = a.secrets.outside(a.once.end(ended(ctx, withoutURL(err))))
		return
	}
	defer resp.Body.Close()
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
	a.bodyErr = a.secrets.outside(ended(ctx, a.bodyErr))
}

// ended makes sure that an error which came with the end of the context says so. net/http gives the context's cause
// instead, which may be any error.
func ended(ctx context.Context, err error) error {
	if end := ctx.Err(); err != nil && end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}
