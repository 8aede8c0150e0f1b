package kustomertest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"syscall"
)

// A transport calls the fake on the goroutine of the caller, and hooks of an [httptrace.ClientTrace] in the usual order.
type transport struct {
	s    *Server
	conn net.Conn // stands for the connection in traces
}

// RoundTrip serves one call. It returns as soon as the request's context ends, even during a delay.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if req.Body != nil {
		defer req.Body.Close()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	trace := traceOf(ctx)
	port := cmp.Or(req.URL.Port(), map[string]string{"http": "80", "https": "443"}[req.URL.Scheme])
	trace.GetConn(net.JoinHostPort(req.URL.Hostname(), port))
	if req.URL.Host != t.s.cfg.Host {
		return nil, dialError(&net.DNSError{Err: "no such host", Name: req.URL.Hostname(), IsNotFound: true})
	}
	wrote := func(err error) {
		trace.GotConn(httptrace.GotConnInfo{Conn: t.conn})
		trace.WroteHeaders()
		trace.WroteRequest(httptrace.WroteRequestInfo{Err: err})
	}
	// Read the body before there is a connection, because a fault may depend on the body.
	body, err := readAll(ctx, req)
	if err != nil {
		wrote(err)
		return nil, err
	}
	c := t.s.newCall(req, body)
	if c.fault.Connection != ConnectionRefused {
		wrote(nil)
	}
	resp, err := t.s.exchange(ctx, c)
	if err != nil {
		return nil, connectionError(c, err)
	}
	trace.GotFirstResponseByte()
	return newResponse(req, resp), nil
}

// traceOf returns the trace of ctx, with a function for each hook that the transport calls.
func traceOf(ctx context.Context) *httptrace.ClientTrace {
	return httptrace.ContextClientTrace(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) {},
		GotConn:              func(httptrace.GotConnInfo) {},
		WroteHeaders:         func() {},
		WroteRequest:         func(httptrace.WroteRequestInfo) {},
		GotFirstResponseByte: func() {},
	}))
}

// readAll reads up to maxRead bytes of the request's body. It closes a body whose Read blocks when ctx ends.
func readAll(ctx context.Context, req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	stop := context.AfterFunc(ctx, func() { _ = req.Body.Close() })
	body, err := io.ReadAll(io.LimitReader(req.Body, maxRead))
	stop()
	switch n := int64(len(body)); {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, err
	case req.ContentLength > 0 && n < maxRead && n != req.ContentLength:
		return nil, fmt.Errorf("kustomertest: the request's ContentLength is %d, its body has %d bytes", req.ContentLength, n)
	}
	return body, nil
}

// connectionError returns the error of a real transport for a lost connection.
func connectionError(c *call, err error) error {
	switch {
	case !errors.Is(err, errCut):
		return err
	case c.fault.Err != nil:
		return c.fault.Err
	case c.fault.Connection == ConnectionRefused:
		return dialError(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case c.fault.Connection == ConnectionCutBefore:
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	return io.ErrUnexpectedEOF
}

func dialError(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }

func newResponse(req *http.Request, resp *response) *http.Response {
	body := &responseBody{ctx: req.Context(), data: bytes.NewReader(resp.body[:resp.cut]), end: io.EOF}
	if resp.cut < len(resp.body) {
		body.end = io.ErrUnexpectedEOF
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", resp.status, http.StatusText(resp.status)),
		StatusCode:    resp.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        resp.header.Clone(),
		Body:          body,
		ContentLength: int64(len(resp.body)),
		Request:       req,
	}
}

// A responseBody returns data, then the error end. It returns the error of the request's context once that ends.
type responseBody struct {
	ctx  context.Context
	data *bytes.Reader
	end  error
}

func (b *responseBody) Read(p []byte) (int, error) {
	if err := context.Cause(b.ctx); err != nil {
		return 0, err
	}
	if b.data.Len() == 0 {
		return 0, b.end
	}
	return b.data.Read(p)
}

func (b *responseBody) Close() error {
	b.data, b.end = new(bytes.Reader), errors.New("kustomertest: read on a closed response body")
	return nil
}
