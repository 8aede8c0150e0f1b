package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"runtime"
)

// readToken asks for the token of an attempt.
func (c *Client) readToken(ctx context.Context, a *attempt) error {
	if c.timeout > 0 && c.rotates {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	token, err := c.token(ctx)
	a.secrets = a.secrets.with(token) // also with an error, which may repeat it
	if err != nil {
		return ended(ctx, a.secrets.outside(fmt.Errorf("no token: %w", err)))
	}
	a.token = token
	return checkToken(token)
}

// request builds the request of one attempt, with a body of its own.
func (c *Client) request(ctx context.Context, call *call, a *attempt) (*http.Request, error) {
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := newRequest(call.op.Method, call.url, call.mediaType, body)
	if err != nil {
		return nil, err
	}
	// Set here and not in a transport, which would send it along a redirect too.
	values := []string{"Bearer " + a.token, "application/json", c.userAgent}
	req.Header["Authorization"] = values[0:1:1]
	req.Header["Accept"] = values[1:2:2]
	req.Header["User-Agent"] = values[2:3:3]
	if runtime.GOOS == "js" {
		req.Header["js.fetch:redirect"] = []string{"manual"} // the browser would follow it, key and all
	}
	a.trace.GetConn = func(string) { a.connecting.Store(true) }
	a.trace.GotConn = func(info httptrace.GotConnInfo) {
		a.connected.Store(true)
		a.guard.gotConn(info.Conn)
	}
	a.guard.readOnly, a.guard.hasBody = call.readOnly, call.body != nil
	a.guard.watch(&a.trace)
	switch {
	case call.body == nil:
	case c.lastProto.Load() == 1:
		req.GetBody = func() (io.ReadCloser, error) { return a.guard.body(call.body) }
	default:
		req.GetBody = nil
	}
	return req.WithContext(httptrace.WithClientTrace(ctx, &a.trace)), nil
}

// withoutURL takes the URL out of an error of net/http: it would show a query.
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}
