package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"strings"
	"sync"
)

// One attempt is one request: the retry policy, the limiter and Attempts see each. But net/http sends some requests again
// on its own, over HTTP/2 up to Go 1.26 even those that the server may have applied (golang.org/issue/47635).
//
// A request with a body is sent again only if net/http can have the body again, by GetBody. Without GetBody it returns an
// error instead, whose text says why it wanted to. Over HTTP/1 a write keeps GetBody, because net/http then repeats it only
// if nothing of it was written. A request without a body can always be sent again, so a [replayGuard] stops it.

var (
	errReplay       = errors.New("the connection was lost before a response came")
	errNotProcessed = errors.New("the server did not process the request")
)

// replayReason returns why net/http wanted to send a request with a body again, or err itself. The server did not process a
// request whose stream it refused, or whose connection it closed with a GOAWAY that excludes it (RFC 9113, sections 6.8
// and 8.7). Without GetBody, net/http says that it cannot rewind a body only if no connection of HTTP/2 has taken the request.
func replayReason(err error) error {
	if err.Error() == "net/http: cannot rewind body after connection loss" {
		return errNotProcessed
	}
	_, text, found := strings.Cut(err.Error(), "http2: Transport: cannot retry err [")
	text, _, whole := strings.Cut(text, "] after Request.Body was written")
	switch {
	case !found || !whole:
		return err
	case strings.Contains(text, "GOAWAY"), strings.Contains(text, "REFUSED_STREAM"):
		return fmt.Errorf("%w: %s", errNotProcessed, text)
	}
	return fmt.Errorf("%w: %s", errReplay, text)
}

// A replayGuard follows one attempt through the connections that net/http uses for it.
type replayGuard struct {
	cancel   context.CancelFunc
	readOnly bool
	hasBody  bool

	mu    sync.Mutex // guards all below
	conns int
	conn  net.Conn // the one in use
	wrote bool     // a head was written to conn
	http2 bool     // by HTTP/2
	err   error    // why the attempt was stopped
}

// watch makes the guard listen to an attempt's trace.
func (g *replayGuard) watch(trace *httptrace.ClientTrace) {
	trace.WroteHeaderField = func(name string, _ []string) {
		if strings.HasPrefix(name, ":") { // a pseudo-header, which only HTTP/2 has
			g.mu.Lock()
			defer g.mu.Unlock()
			g.http2 = true
		}
	}
	trace.WroteHeaders = func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.wrote = true
	}
}

// gotConn is told of each connection before the request is written to it.
func (g *replayGuard) gotConn(conn net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wrote && !g.hasBody && (g.http2 || g.readOnly) {
		g.err = errReplay
		if g.http2 && g.conn == conn {
			g.err = errNotProcessed // a refused stream: after any other end the connection is not used again
		}
		g.cancel()
		if !g.http2 {
			_ = conn.Close() // HTTP/1 writes the request whether or not the context has ended
		}
	}
	g.conns++
	g.conn, g.wrote, g.http2 = conn, false, false
}

// end returns why the attempt ended, and whether the server certainly did not process it. A transport other than that of
// net/http may have sent the request before, so it is believed only if the request was given to a single connection.
func (g *replayGuard) end(err error, plainTransport bool) (cause error, notProcessed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		err = g.err
	}
	cause = replayReason(err)
	notProcessed = errors.Is(cause, errNotProcessed)
	if notProcessed && !plainTransport && g.conns > 1 {
		return errReplay, false
	}
	return cause, notProcessed
}

// body returns the request's body again, but not for HTTP/2.
func (g *replayGuard) body(data []byte) (io.ReadCloser, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.http2 {
		return nil, errReplay
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
