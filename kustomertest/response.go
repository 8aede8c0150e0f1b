package kustomertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
)

// newResponse writes an answer as a transport returns it.
func newResponse(req *http.Request, c *call, a *answer) *http.Response {
	status := validStatus(a.status)
	cut := a.cutAt(c)
	body := &responseBody{ctx: req.Context(), data: a.body[:cut], end: io.EOF}
	if cut < len(a.body) {
		body.end = io.ErrUnexpectedEOF
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.header.Clone(),
		Body:          body,
		ContentLength: int64(len(a.body)),
		Request:       req,
	}
}

// A responseBody ends as it is told to, and with the request's context.
type responseBody struct {
	ctx    context.Context
	data   []byte
	end    error
	closed bool
}

var errBodyClosed = errors.New("kustomertest: read on a closed response body")

func (b *responseBody) Read(p []byte) (int, error) {
	switch {
	case b.closed:
		return 0, errBodyClosed
	case b.ctx.Err() != nil:
		return 0, context.Cause(b.ctx)
	case len(b.data) == 0:
		return 0, b.end
	}
	n := copy(p, b.data)
	b.data = b.data[n:]
	return n, nil
}

func (b *responseBody) Close() error {
	b.closed = true
	return nil
}

// tracer is a trace whose hooks can all be called.
type tracer struct{ *httptrace.ClientTrace }

func traceOf(ctx context.Context) tracer {
	t := httptrace.ClientTrace{}
	if asked := httptrace.ContextClientTrace(ctx); asked != nil {
		t = *asked
	}
	if t.GetConn == nil {
		t.GetConn = func(string) {}
	}
	if t.GotConn == nil {
		t.GotConn = func(httptrace.GotConnInfo) {}
	}
	if t.WroteHeaders == nil {
		t.WroteHeaders = func() {}
	}
	if t.WroteRequest == nil {
		t.WroteRequest = func(httptrace.WroteRequestInfo) {}
	}
	if t.GotFirstResponseByte == nil {
		t.GotFirstResponseByte = func() {}
	}
	return tracer{&t}
}

// connected tells that there is a connection, and that the request's headers are on it.
func (t tracer) connected(conn net.Conn) {
	t.GotConn(httptrace.GotConnInfo{Conn: conn})
	t.WroteHeaders()
}
