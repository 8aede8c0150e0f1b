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
)

// request builds the request of one attempt, with a body of its own and a token asked for anew.
func (c *Client) request(ctx context.Context, call *call, a *attempt) (*http.Request, error) {
	token, err := c.token(ctx)
	a.secrets = a.secrets.with(token) // also with an error, which may repeat it
	if err != nil {
		return nil, a.secrets.outside(fmt.Errorf("no token: %w", err))
	}
	if err := checkToken(token); err != nil {
		return nil, err
	}
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := newRequest(call.op.Method, call.url, call.mediaType, body)
	if err != nil {
		return nil, err
	}
	// Set here and not in a transport, which would send it along a redirect too.
	values := []string{"Bearer " + token, "application/json", c.userAgent}
	req.Header["Authorization"] = values[0:1:1]
	req.Header["Accept"] = values[1:2:2]
	req.Header["User-Agent"] = values[2:3:3]
	a.trace.GetConn = func(string) { a.connecting.Store(true) }
	a.trace.GotConn = func(info httptrace.GotConnInfo) {
		a.connected.Store(true)
		a.once.over(info.Conn)
	}
	if !call.repeatable {
		a.once.guard(&a.trace, a.cancel)
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
