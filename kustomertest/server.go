package kustomertest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// A Server is one fake organisation. Make it with [New] or [NewServer]. It is safe for concurrent use.
type Server struct {
	// URL is the base URL for a client: scheme, host and the path prefix, if any.
	URL string

	cfg    Config // with all defaults
	client *http.Client

	// hooks serialises calls of the user's functions, so that they need no locks. It is locked before mu and never held
	// while waiting.
	hooks sync.Mutex

	mu    sync.Mutex // guards the fields below; never held while waiting
	store store
	keys  keyring
	org   window
	// windows per object, by id
	updates   map[string]*window
	creates   map[string]*window
	faults    []*pendingFault
	records   []*Request
	responses int // number of responses so far, for x-amz-cf-id
}

// New returns a fake that serves in memory, only to the client of [Server.HTTPClient]. It needs no closing. Its URL is
// https://acme.api.kustomerapp.com unless cfg has another Host or a PathPrefix. New panics only if [Config.Metadata] is
// invalid.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{
		URL:     "https://" + cfg.Host + cfg.PathPrefix,
		cfg:     cfg,
		keys:    newKeyring(cfg.APIKey),
		updates: make(map[string]*window),
		creates: make(map[string]*window),
	}
	s.cfg.APIKey = "" // keys holds its hash, which printing cannot reveal
	s.store = newStore(s.now())
	for _, id := range cfg.Customers {
		s.store.addCustomer(id, s.now())
	}
	s.client = &http.Client{Transport: newTransport(s)}
	return s
}

// NewServer returns a fake that listens on a loopback address until tb ends. Any HTTP client can reach its URL. Sockets
// do not work in a testing/synctest bubble: use [New] there.
func NewServer(tb testing.TB, cfg Config) *Server {
	tb.Helper()
	s := New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	ts := httptest.NewUnstartedServer(s)
	ts.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	ts.Start()
	// End delays first, because Close waits for them.
	tb.Cleanup(func() { cancel(); ts.Close() })
	s.URL = ts.URL + s.cfg.PathPrefix
	s.client = ts.Client()
	return s
}

// HTTPClient returns a client for the fake. For [New], its transport calls the fake without sockets and knows no host
// other than that of URL. The client may be copied and changed.
func (s *Server) HTTPClient() *http.Client {
	c := *s.client
	return &c
}

// String names the fake by its URL. It does not show keys or requests.
func (s *Server) String() string { return "kustomertest.Server(" + s.URL + ")" }

// GoString is like [Server.String].
func (s *Server) GoString() string { return s.String() }
