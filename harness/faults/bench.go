package faults

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A bench is a client, a proxy and a fake behind it.
type bench struct {
	protocol string // of TLS, or "" for none
	wrapped  bool   // the transport is of net/http, but the client cannot see that
	fake     *kustomertest.Server
	server   *http.Server
	busy     atomic.Int64 // connections and calls of the server
	proxy    *faultproxy.Proxy
	client   *client.Client
	limiter  ratelimit.Limiter

	customer, conversation string
}

func newBench(rng *rand.Rand) (*bench, error) {
	b := &bench{
		protocol: protocols[rng.IntN(len(protocols))],
		wrapped:  rng.IntN(5) == 0,
		fake:     kustomertest.New(kustomertest.Config{OrgLimit: 1_000_000, CreateLimit: -1}),
	}
	b.customer = b.fake.AddCustomer()
	b.conversation = b.fake.AddConversation(b.customer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.server = &http.Server{Handler: http.HandlerFunc(b.serve), Protocols: new(http.Protocols), ConnState: b.count, ErrorLog: log.New(io.Discard, "", 0)}
	b.server.Protocols.SetHTTP1(true)
	b.server.Protocols.SetUnencryptedHTTP2(true)
	go func() {
		if err := b.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(err)
		}
	}()
	if b.proxy, err = faultproxy.New(l.Addr().String(), b.protocol, rng.IntN(3) == 0); err != nil {
		return nil, err
	}
	b.limiter = ratelimit.Unlimited
	if rng.IntN(3) > 0 {
		if b.limiter, err = ratelimit.New(ratelimit.Config{}); err != nil {
			return nil, err
		}
	}
	opts := []client.Option{client.WithBaseURL(b.proxy.URL), client.WithAPIKey(kustomertest.APIKey), client.WithTimeout(patient), client.WithLimiter(b.limiter)}
	if b.protocol != "" || b.wrapped {
		opts = append(opts, client.WithHTTPClient(&http.Client{Transport: b.transport()}))
	}
	b.client, err = client.New(opts...)
	return b, err
}

func (b *bench) transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{RootCAs: faultproxy.Roots()}
	if b.protocol == "h2c" {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetUnencryptedHTTP2(true)
	}
	// The client's own transport finds silent connections too, but later.
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: time.Second, PingTimeout: 3 * time.Second}
	if b.wrapped {
		return wrapper{t}
	}
	return t
}

// wrapper stands for what people put around a transport.
type wrapper struct{ *http.Transport }

func (w wrapper) RoundTrip(r *http.Request) (*http.Response, error) { return w.Transport.RoundTrip(r) }

func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	b.busy.Add(1)
	defer b.busy.Add(-1)
	b.fake.ServeHTTP(w, r)
}

func (b *bench) count(_ net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		b.busy.Add(1)
	case http.StateClosed, http.StateHijacked:
		b.busy.Add(-1)
	}
}

// settle closes all connections that are not in use and waits for the end of everything. It reports whether that came:
// what is still in use by then is a leak.
func (b *bench) settle() bool {
	if b.proxy.CatchUp() != nil {
		return false
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Microsecond) {
		b.client.CloseIdleConnections()
		if b.proxy.Open() == 0 && b.busy.Load() == 0 {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

func (b *bench) close() {
	b.client.CloseIdleConnections()
	b.proxy.Close()
	b.server.Close()
}
