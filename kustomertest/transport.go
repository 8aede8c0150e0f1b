package kustomertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"syscall"
)

// A transport calls the fake on the goroutine of the caller. It calls the hooks of an [httptrace.ClientTrace] that
// clients use for decisions, in the order of a real transport.
type transport struct {
	s    *Server
	host string
	conn net.Conn // stands for the connection in traces
}

func newTransport(s *Server) *transport {
	conn, _ := net.Pipe()
	return &transport{s, s.cfg.Host, conn}
}

// RoundTrip serves one call. It returns as soon as the request's context ends, even during a delay. It closes the
// request's body.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	defer closeBody(req)
	if err := check(req); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	trace := traceOf(ctx)
	trace.GetConn(hostPort(req.URL))
	if req.URL.Host != t.host {
		return nil, dialError(&net.DNSError{Err: "no such host", Name: req.URL.Hostname(), IsNotFound: true})
	}
	// Read the body before there is a connection, because a fault may depend on the body.
	body, err := readAll(ctx, req)
	if err != nil {
		trace.connected(t.conn)
		trace.WroteRequest(httptrace.WroteRequestInfo{Err: err})
		return nil, err
	}
	c := t.s.newCall(method(req), req.URL.EscapedPath(), req.URL.RawQuery, req.Header, body)
	if c.fault.Connection == ConnectionRefused {
		_, err := t.s.exchange(ctx, c)
		return nil, t.connectionError(c, err)
	}
	trace.connected(t.conn)
	trace.WroteRequest(httptrace.WroteRequestInfo{})
	resp, err := t.s.exchange(ctx, c)
	if err != nil {
		return nil, t.connectionError(c, err)
	}
	trace.GotFirstResponseByte()
	return newResponse(req, c, resp), nil
}

// connectionError returns the error of a real transport for a lost connection. By default, the error differs between a
// cut before and after the call; the fault's Err can make them equal.
func (t *transport) connectionError(c *call, err error) error {
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

func check(req *http.Request) error {
	switch {
	case req.URL == nil || req.URL.Host == "":
		return errors.New("kustomertest: the request has no host")
	case req.Header == nil:
		return errors.New("kustomertest: the request has no header map")
	}
	return nil
}

func method(req *http.Request) string {
	if req.Method == "" {
		return http.MethodGet
	}
	return req.Method
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// readAll reads up to maxRead bytes of the request's body. It closes a body whose Read blocks when ctx ends.
func readAll(ctx context.Context, req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	stop := context.AfterFunc(ctx, func() { closeBody(req) })
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
