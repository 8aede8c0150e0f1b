package redislimit

import (
	"net"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
)

// A proxy is between the client and miniredis. While it is stopped, connections stay open and nothing passes.
type proxy struct {
	*miniredis.Miniredis
	addr    string
	mu      sync.Mutex
	passes  *sync.Cond
	stopped bool
	blocked int // requests that were read while it was stopped
}

func newProxy(t *testing.T) *proxy {
	p := &proxy{Miniredis: miniredis.RunT(t)}
	p.passes = sync.NewCond(&p.mu)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	t.Cleanup(func() { _ = l.Close() })
	t.Cleanup(func() { p.stop(false) })
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", p.Addr())
			if err != nil {
				_ = from.Close()
				continue
			}
			go p.copy(to, from)
			go p.copy(from, to)
		}
	}()
	return p
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		if n > 0 && p.stopped {
			p.blocked++
		}
		for p.stopped {
			p.passes.Wait()
		}
		p.mu.Unlock()
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (p *proxy) stop(stopped bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = stopped
	p.passes.Broadcast()
}
