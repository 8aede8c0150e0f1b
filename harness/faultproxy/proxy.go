// Package faultproxy is a proxy for tests that breaks connections in the ways that networks and gateways do. It is between a
// client and an HTTP server on the loopback address, and closes, resets, stalls or garbles the connection at any point of an
// exchange.
package faultproxy

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
)

// A Protocol is the protocol between client and proxy.
type Protocol string

// The protocols.
const (
	HTTP  Protocol = "http"  // HTTP/1.1
	HTTPS Protocol = "https" // HTTP/1.1 over TLS
	H2    Protocol = "h2"    // HTTP/2 over TLS
	H2C   Protocol = "h2c"   // HTTP/2 without TLS
)

// Protocols lists all protocols.
var Protocols = []Protocol{HTTP, HTTPS, H2, H2C}

// TLS reports whether the protocol uses TLS.
func (p Protocol) TLS() bool { return p == HTTPS || p == H2 }

// HTTP2 reports whether the protocol is HTTP/2.
func (p Protocol) HTTP2() bool { return p == H2 || p == H2C }

// A Proxy forwards requests to a server, and applies faults to them.
type Proxy struct {
	URL string // base URL for the client

	protocol  Protocol
	tls       *tls.Config // nil without TLS
	listener  *net.TCPListener
	accepting sync.WaitGroup
	serving   sync.WaitGroup
	server    *httptest.Server
	handling  atomic.Int64 // requests in the server

	mu       sync.Mutex // guards all fields below
	faults   []Fault
	requests int
	injected int
	conns    map[*conn]struct{}
	last     string        // address of the connection that CatchUp waits for
	caughtUp chan struct{} // closed when it was accepted
}

// New returns a proxy to a server with that handler.
func New(handler http.Handler, protocol Protocol) (*Proxy, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	p := &Proxy{URL: "http://" + l.Addr().String(), protocol: protocol, listener: l, conns: make(map[*conn]struct{})}
	if protocol.TLS() {
		p.URL = "https://" + l.Addr().String()
		p.tls = &tls.Config{Certificates: identity().TLS.Certificates, NextProtos: []string{map[Protocol]string{HTTPS: "http/1.1", H2: "h2"}[protocol]}}
	}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.handling.Add(1)
		defer p.handling.Add(-1)
		handler.ServeHTTP(w, r)
	}))
	p.server.Config.Protocols = new(http.Protocols)
	p.server.Config.Protocols.SetHTTP1(true)
	p.server.Config.Protocols.SetUnencryptedHTTP2(true)
	p.server.Start()
	p.accepting.Go(p.accept)
	return p, nil
}

// identity returns a closed server, which has a certificate and a client that trusts it.
var identity = sync.OnceValue(func() *httptest.Server {
	s := httptest.NewTLSServer(nil)
	s.Close()
	return s
})

// Transport returns a transport for a client of the proxy.
func (p *Proxy) Transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = identity().Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	if p.protocol == H2C {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetUnencryptedHTTP2(true)
	}
	return t
}

// Close closes all connections and waits until their goroutines have ended.
func (p *Proxy) Close() {
	p.listener.Close()
	p.accepting.Wait()
	p.mu.Lock()
	for c := range p.conns {
		c.tcp.Close()
	}
	p.mu.Unlock()
	p.serving.Wait()
	p.server.Close()
}

// Inject applies the faults to the next requests, one fault to each request. It resets the counts of [Proxy.Seen].
func (p *Proxy) Inject(faults ...Fault) {
	p.mu.Lock()
	p.faults, p.requests, p.injected = slices.Clone(faults), 0, 0
	var f Fault
	idle := slices.Collect(maps.Keys(p.conns))
	if len(idle) > 0 {
		f = p.next(BeforeRequest, BeforeRequest)
	}
	p.mu.Unlock()
	if f.Moment == BeforeRequest {
		p.takesPlace()
		for _, c := range idle {
			c.end(f.Manner)
		}
	}
}

// Seen returns how many requests have arrived since [Proxy.Inject], at least in part, and how many faults have taken place.
func (p *Proxy) Seen() (requests, faults int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests, p.injected
}

// Open returns the number of connections to the proxy and of requests that the server handles.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns) + int(p.handling.Load())
}

// CatchUp removes the faults that are left, and waits until every connection that a client has made so far was accepted.
func (p *Proxy) CatchUp() error {
	p.mu.Lock()
	p.faults = nil
	// Connections are accepted in the order in which they are made.
	last, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		p.mu.Unlock()
		return err
	}
	defer last.Close()
	p.last, p.caughtUp = last.LocalAddr().String(), make(chan struct{})
	p.mu.Unlock()
	<-p.caughtUp
	return nil
}

// next removes and returns the next fault if its moment is in this range. Otherwise it returns no fault. The caller holds mu.
func (p *Proxy) next(first, last Moment) (f Fault) {
	if len(p.faults) > 0 && first <= p.faults[0].Moment && p.faults[0].Moment <= last {
		f, p.faults = p.faults[0], p.faults[1:]
	}
	return f
}

// takesPlace counts a fault. A connection may fail by itself before its fault.
func (p *Proxy) takesPlace() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.injected++
}

// nextRequest counts a request and returns its fault.
func (p *Proxy) nextRequest() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	return p.next(InRequestHead, AfterResponse)
}
