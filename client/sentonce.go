//go:build !go1.27

package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"net/textproto"
	"sync"
)

// errSentOnce is why an attempt ended of which nobody knows what became.
var errSentOnce = errors.New("the server gave up the request without an answer, and it is not sent a second time")

// sentOnce ends an attempt before its transport sends the request a second time of its own accord. Up to Go 1.26 net/http
// does so over HTTP/2 with any request, a create too, that the server resets with PROTOCOL_ERROR, which may come after the
// request was applied (golang.org/issue/47635). REFUSED_STREAM promises that it was not, and is told from it by the
// connection, which stays in use. GOAWAY promises that too and cannot be told from it: such an attempt ends as well.
type sentOnce struct {
	cancel context.CancelFunc

	mu             sync.Mutex // guards all below
	conn           net.Conn   // of HTTP/2, over which the request goes; nil for any other
	sent, answered bool       // its head went out, an answer began
	stopped        bool
}

// guard listens to the trace of an attempt that must not be sent twice, and ends it with cancel.
func (s *sentOnce) guard(trace *httptrace.ClientTrace, cancel context.CancelFunc) {
	s.cancel = cancel
	trace.WroteHeaders = func() { s.note(&s.sent, true) }
	trace.GotFirstResponseByte = func() { s.note(&s.answered, true) }
	trace.Got1xxResponse = func(int, textproto.MIMEHeader) error { s.note(&s.answered, false); return nil } // not the answer yet
}

// over takes in that the request is about to go over conn.
func (s *sentOnce) over(conn net.Conn) {
	if s.cancel == nil {
		return // it may be sent twice
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil && s.conn != conn && s.sent && !s.answered {
		s.stopped = true
		s.cancel() // before anything is written
	}
	s.conn, s.sent, s.answered = nil, false, false
	if c, ok := conn.(interface{ ConnectionState() tls.ConnectionState }); ok && c.ConnectionState().NegotiatedProtocol == "h2" {
		s.conn = conn
	}
}

func (s *sentOnce) note(what *bool, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*what = is
}

// end returns the error of an attempt that was stopped, or err.
func (s *sentOnce) end(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errSentOnce
	}
	return err
}
