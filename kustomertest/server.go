package kustomertest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// A Server is one fake organisation. Make it with [New] or [NewServer]; it is safe for concurrent use.
type Server struct {
	// URL is the base URL to give to a client: scheme, host and, if there is one, the path prefix.
	URL string

	cfg    config
	client *http.Client

	// hooks serialises the caller's functions, so that these need no locks of their own. It is taken before mu
	// and never while waiting.
	hooks sync.Mutex

	mu    sync.Mutex // guards all below; never held while waiting
	store store
	keys  keyring
	org   window
	// per-object windows, by id
	updates map[string]*window
	creates map[string]*window
	faults  []*queued
	records []*Request
	answers int // how many were given, for x-amz-cf-id
}

// New returns a fake that serves in memory, to the client of [Server.HTTPClient] alone. It needs no closing. Its
// URL is https://acme.api.kustomerapp.com unless [WithHost] or [WithPathPrefix] say otherwise; there is no such
// option that New would refuse.
func New(opts ...Option) *Server {
	cfg := newConfig(opts)
	s := &Server{
		URL:     "https://" + cfg.host + cfg.prefix,
		cfg:     cfg,
		keys:    cfg.keys,
		updates: make(map[string]*window),
		creates: make(map[string]*window),
	}
	s.store = newStore(s.now())
	for _, id := range cfg.customers {
		s.store.addCustomer(id, s.now())
	}
	s.client = &http.Client{Transport: newTransport(s)}
	return s
}

// NewServer returns a fake that listens on a loopback address until tb ends. Plain clients reach it under its
// URL. Do not use it in a bubble of testing/synctest, where sockets do not work: use [New].
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s := New(opts...)
	ctx, cancel := context.WithCancel(context.Background())
	ts := httptest.NewUnstartedServer(s)
	ts.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	ts.Start()
	// Delays end first, or closing would wait for them.
	tb.Cleanup(func() { cancel(); ts.Close() })
	s.URL = ts.URL + s.cfg.prefix
	s.client = ts.Client()
	return s
}

// HTTPClient returns the client that reaches the fake. For [New] its transport calls the fake without sockets:
// any other host than that of URL is unknown to it. The client may be copied and changed.
func (s *Server) HTTPClient() *http.Client {
	c := *s.client
	return &c
}

// String names the fake by its URL. It shows nothing of keys or requests.
func (s *Server) String() string { return "kustomertest.Server(" + s.URL + ")" }

// GoString is like [Server.String].
func (s *Server) GoString() string { return s.String() }
