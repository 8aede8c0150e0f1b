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

// newResponse converts a response for the in-memory transport.
func newResponse(req *http.Request, c *call, resp *response) *http.Response {
	status := validStatus(resp.status)
	cut := resp.cutAt(c)
	body := &responseBody{ctx: req.Context(), data: resp.body[:cut], end: io.EOF}
	if cut < len(resp.body) {
		body.end = io.ErrUnexpectedEOF
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		StatusCode:    status,
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

// A tracer is a client trace without nil hooks.
type tracer struct{ *httptrace.ClientTrace }

func traceOf(ctx context.Context) tracer {
	t := httptrace.ClientTrace{}
	if given := httptrace.ContextClientTrace(ctx); given != nil {
		t = *given
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

// connected reports a connection and the written headers.
func (t tracer) connected(conn net.Conn) {
	t.GotConn(httptrace.GotConnInfo{Conn: conn})
	t.WroteHeaders()
}
