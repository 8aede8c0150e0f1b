package client

import (
	"bytes"
	"context"
	"crypto/tls"
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

// A replayGuard follows the connections of one attempt.
type replayGuard struct {
	cancel   context.CancelFunc
	isHTTP2  func(net.Conn) bool
	readOnly bool
	hasBody  bool

	mu    sync.Mutex
	conn  net.Conn // the one in use
	http2 bool     // conn's protocol
	wrote bool     // a head was written to conn
	err   error    // why the attempt was stopped
}

// watch makes the guard listen to an attempt's trace.
func (g *replayGuard) watch(trace *httptrace.ClientTrace) {
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
	again, same := g.wrote && !g.hasBody, g.conn == conn
	if again && (g.http2 || g.readOnly) {
		g.err = errReplay
		if g.http2 && same {
			g.err = errNotProcessed // a refused stream: after any other end the connection is not used again
		}
		g.cancel()
		if !g.isHTTP2(conn) {
			_ = conn.Close() // HTTP/1 writes the request whether or not the context has ended
		}
	}
	g.conn, g.http2, g.wrote = conn, g.isHTTP2(conn), false
}

// stopped returns why the guard stopped the attempt, or err.
func (g *replayGuard) stopped(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return g.err
	}
	return err
}

// body returns the request's body again, unless the connection is one of HTTP/2.
func (g *replayGuard) body(data []byte) (io.ReadCloser, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.http2 {
		return nil, errReplay
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// isHTTP2 reports whether a connection speaks HTTP/2.
func (c *Client) isHTTP2(conn net.Conn) bool {
	if s, ok := conn.(interface{ ConnectionState() tls.ConnectionState }); ok {
		return s.ConnectionState().NegotiatedProtocol == "h2"
	}
	return c.plainHTTP2 || !c.plainTransport && c.lastProto.Load() == 2
}
