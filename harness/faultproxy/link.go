package faultproxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"
)

// A link is a connection from a client.
type link struct {
	p     *Proxy
	tcp   *net.TCPConn
	tls   *tls.Conn // nil without TLS
	in    *bufio.Reader
	ready bool // through with its handshake; guarded by p.mu

	write sync.Mutex // one writer at a time
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		l := &link{p: p, tcp: conn.(*net.TCPConn)}
		if p.narrow {
			_ = l.tcp.SetReadBuffer(16 << 10)
		}
		p.mu.Lock()
		p.links[l] = struct{}{}
		p.accepted[conn.RemoteAddr().String()] = true
		f, spoilt := p.first()
		if f.Moment != InHandshake || !spoilt {
			p.seen.Connections++ // the client may be through with the handshake before the proxy is
		}
		l.ready = p.tls == nil
		if p.shutting {
			l.tcp.Close()
		}
		p.mu.Unlock()
		p.work.Go(func() {
			defer func() {
				l.tcp.Close()
				p.mu.Lock()
				delete(p.links, l)
				p.mu.Unlock()
			}()
			l.serve(f, spoilt)
		})
	}
}

// serve serves a connection, with the fault that it begins with, if there is one.
func (l *link) serve(f Fault, spoilt bool) {
	if spoilt && f.Moment == InHandshake {
		if f.At > 0.3 {
			_, _ = io.ReadFull(l.tcp, make([]byte, int(f.At*200)))
		}
		l.end(f.Manner)
		l.drain()
		return
	}
	l.in = bufio.NewReader(l.tcp)
	if l.p.tls != nil {
		l.tls = tls.Server(l.tcp, l.p.tls)
		if l.tls.Handshake() != nil {
			return
		}
		l.in = bufio.NewReader(l.tls)
		l.p.mu.Lock()
		l.ready = true
		l.p.mu.Unlock()
	}
	if spoilt {
		l.end(f.Manner)
		l.drain()
		return
	}
	if l.p.h2c || l.tls != nil && l.tls.ConnectionState().NegotiatedProtocol == "h2" {
		l.serve2()
		return
	}
	l.serve1()
}

// Write sends b to the client.
func (l *link) Write(b []byte) (int, error) {
	l.write.Lock()
	defer l.write.Unlock()
	if l.tls != nil {
		return l.tls.Write(b)
	}
	return l.tcp.Write(b)
}

// end ends the connection in that manner. After a half-close, and where nothing happens any more, it can still be read.
func (l *link) end(m Manner) {
	switch m {
	case Close:
		if l.tls != nil {
			l.tls.Close()
		}
		l.tcp.Close()
	case Cut:
		l.tcp.Close()
	case Reset:
		_ = l.tcp.SetLinger(0)
		l.tcp.Close()
	case HalfClose:
		_ = l.tcp.CloseWrite()
	}
}

// drain reads until the client has left.
func (l *link) drain() {
	if l.in != nil {
		_, _ = io.Copy(io.Discard, l.in)
		return
	}
	_, _ = io.Copy(io.Discard, l.tcp)
}

// Trickling is done in so many steps, with a pause after each.
const (
	steps = 40
	pause = time.Millisecond
)

// trickle sends b some bytes at a time, over 40 ms and more.
func trickle(w io.Writer, b []byte) error {
	step := len(b)/steps + 1
	for len(b) > 0 {
		n := min(step, len(b))
		if _, err := w.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
		time.Sleep(pause)
	}
	return nil
}
