package faultproxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
)

// A conn is a connection from a client.
type conn struct {
	net.Conn // tcp, or TLS over it
	tcp      *net.TCPConn
	proxy    *Proxy
	in       *bufio.Reader // reads from Conn
}

func (p *Proxy) accept() {
	for {
		tcp, err := p.listener.AcceptTCP()
		if err != nil {
			return
		}
		_ = tcp.SetReadBuffer(16 << 10) // less than a large request
		c := &conn{Conn: tcp, tcp: tcp, proxy: p}
		if p.tls != nil {
			c.Conn = tls.Server(tcp, p.tls)
		}
		c.in = bufio.NewReader(c.Conn)
		p.mu.Lock()
		if tcp.RemoteAddr().String() == p.last {
			p.last = ""
			close(p.caughtUp)
		}
		p.conns[c] = struct{}{}
		f := p.next(InHandshake, BeforeRequest)
		p.mu.Unlock()
		p.serving.Go(func() {
			c.serve(f)
			_, _ = io.Copy(io.Discard, tcp) // until the client closes the connection
			tcp.Close()
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.conns, c)
		})
	}
}

// serve serves a connection that begins with this fault, until a fault ends it.
func (c *conn) serve(f Fault) {
	if f.Moment == InHandshake {
		_, _ = io.CopyN(io.Discard, c.tcp, int64(f.part(200))) // a part of the ClientHello
		c.endByFault(f.Manner)
		return
	}
	if t, ok := c.Conn.(*tls.Conn); ok && t.Handshake() != nil {
		return
	}
	switch {
	case f.Moment == BeforeRequest:
		c.endByFault(f.Manner)
	case c.proxy.protocol.HTTP2():
		c.serveHTTP2()
	default:
		c.serveHTTP1()
	}
}

// endByFault ends the connection by a fault that takes place now.
func (c *conn) endByFault(m Manner) {
	c.proxy.takesPlace()
	c.end(m)
}

// end ends the connection in a manner that does not depend on HTTP.
func (c *conn) end(m Manner) {
	switch m {
	case Close:
		c.Close()
	case Cut:
		c.tcp.Close()
	case Reset:
		_ = c.tcp.SetLinger(0)
		c.tcp.Close()
	case HalfClose:
		_ = c.tcp.CloseWrite()
	}
}
