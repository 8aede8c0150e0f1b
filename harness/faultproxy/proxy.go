// Package faultproxy stands between a client and a server of HTTP and spoils their connections, as networks and gateways
// do: it cuts, resets, stalls, trickles and talks nonsense at any point of an exchange. It is for tests, on a loopback
// address, with a server that speaks HTTP/1.1 and unencrypted HTTP/2.
package faultproxy

import (
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"time"
)

// A Proxy passes requests on until a [Fault] takes one.
type Proxy struct {
	URL string // base URL to give to a client

	listener net.Listener
	upstream string
	tls      *tls.Config // nil is none
	h2c      bool        // HTTP/2 without TLS
	work     sync.WaitGroup

	mu       sync.Mutex // guards all below
	faults   []Fault
	links    map[*link]struct{}
	seen     Seen
	accepted map[string]bool // addresses of clients, since Watch
	narrow   bool
	shutting bool
}

// Seen is what a proxy saw since [Proxy.Watch].
type Seen struct {
	Connections int // that could have carried a request: not those that a fault has kept from their handshake
	Requests    int // of which at least one byte came
	Faults      int // that took place
}

// New returns a proxy to the server at that address. protocol is "" for HTTP/1.1 and "h2c" for HTTP/2, both without TLS, or
// what TLS is to agree on: "http/1.1" or "h2". Narrow proxies have small buffers, so that a large request cannot be sent in one go.
func New(upstream, protocol string, narrow bool) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{URL: "http://" + l.Addr().String(), listener: l, upstream: upstream, links: make(map[*link]struct{}), accepted: make(map[string]bool), narrow: narrow}
	p.h2c = protocol == "h2c"
	if protocol != "" && !p.h2c {
		p.URL = "https://" + l.Addr().String()
		p.tls = Identity(protocol)
	}
	p.work.Go(p.accept)
	return p, nil
}

// Close ends all connections and waits for that.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.shutting = true
	for l := range p.links {
		l.tcp.Close()
	}
	p.mu.Unlock()
	p.listener.Close()
	p.work.Wait()
}

// Watch forgets what was seen and lets the coming requests go wrong, one for each fault.
func (p *Proxy) Watch(faults ...Fault) {
	p.mu.Lock()
	p.faults, p.seen, p.accepted = slices.Clone(faults), Seen{}, make(map[string]bool)
	var cut []*link
	for l := range p.links {
		if l.ready {
			p.seen.Connections++
			cut = append(cut, l)
		}
	}
	var f Fault
	if len(cut) > 0 && len(faults) > 0 && faults[0].Moment == BeforeRequest {
		f = p.next()
	} else {
		cut = nil
	}
	p.mu.Unlock()
	for _, l := range cut {
		l.end(f.Manner)
	}
}

// Seen returns what was seen so far.
func (p *Proxy) Seen() Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// Open returns how many connections there are.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// CatchUp ends the faults and waits until every connection that a client has made so far was accepted.
func (p *Proxy) CatchUp() error {
	p.mu.Lock()
	p.faults = nil
	p.mu.Unlock()
	// Connections are accepted in the order in which they were made.
	last, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		return err
	}
	self := last.LocalAddr().String()
	for accepted := false; !accepted; {
		time.Sleep(50 * time.Microsecond)
		p.mu.Lock()
		accepted = p.accepted[self]
		p.mu.Unlock()
	}
	last.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.Connections--
	return nil
}

// next takes the first fault. The caller holds mu.
func (p *Proxy) next() Fault {
	f := p.faults[0]
	p.faults = p.faults[1:]
	p.seen.Faults++
	return f
}

// first takes the fault of a connection that begins, if there is one. The caller holds mu.
func (p *Proxy) first() (Fault, bool) {
	if len(p.faults) == 0 || p.faults[0].Moment > BeforeRequest {
		return Fault{}, false
	}
	return p.next(), true
}

// take takes the fault of a request that begins, if there is one.
func (p *Proxy) take() (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.Requests++
	if len(p.faults) == 0 || p.faults[0].Moment <= BeforeRequest {
		return Fault{}, false
	}
	return p.next(), true
}
