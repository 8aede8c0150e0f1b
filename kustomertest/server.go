package kustomertest

import (
	"context"
	"crypto/sha256"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/kustomer-go/kustomer/gen"
)

// A Server is one fake organisation. Make it with [New] or [NewServer]. It is safe for concurrent use.
type Server struct {
	// URL is the base URL for a client: scheme, host and the path prefix, if any.
	URL string

	cfg    Config // with all defaults
	client *http.Client

	hooks sync.Mutex // serialises calls of the user's functions; locked before mu, never held while waiting

	mu         sync.Mutex // guards the fields below; never held while waiting
	store      store
	keys       map[[sha256.Size]byte]bool // false for an expired key; hashes, so that no key can be printed
	org        window
	faults     []*Fault // Times is how many calls are left
	records    []*Request
	responses  int // number of responses so far, for x-amz-cf-id
	webhooks   []*hook
	events     []*event // those that wait for delivery, the next one first
	deliveries []Delivery
}

// New returns a fake that serves in memory, only to the client of [Server.HTTPClient]. It needs no closing. New panics only if
// [Config.Metadata] is invalid.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{URL: "https://" + cfg.Host + cfg.PathPrefix, cfg: cfg, keys: make(map[[sha256.Size]byte]bool)}
	s.AcceptKey(cfg.APIKey)
	s.cfg.APIKey = "" // printing the server must not show it
	s.store = newStore(s.now())
	for _, id := range cfg.Customers {
		s.store.addCustomer(id, s.now())
	}
	for _, w := range cfg.Webhooks {
		s.AddWebhook(w)
	}
	s.cfg.Webhooks = nil // which have secrets
	conn, _ := net.Pipe()
	s.client = &http.Client{Transport: &transport{s, conn}}
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
	// Cancel first, because Close waits for calls that are delayed.
	tb.Cleanup(func() { cancel(); ts.Close() })
	s.URL = ts.URL + s.cfg.PathPrefix
	s.client = ts.Client()
	return s
}

// HTTPClient returns a client for the fake, which may be changed. For [New], it knows no host other than that of URL.
func (s *Server) HTTPClient() *http.Client {
	c := *s.client
	return &c
}

// maxRead is how much of a request body is read: one byte more than allowed, which shows that the body is too large.
var maxRead = int64(gen.CreateConversationForCustomerOperation.MaxBody) + 1

// ServeHTTP serves one call over a socket, so that any [http.Server] can serve the fake.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRead))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	resp, err := s.exchange(r.Context(), s.newCall(r, body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	maps.Copy(h, resp.header)
	if h.Get("Date") == "" {
		h["Date"] = nil // prevents net/http from setting it
	}
	h.Set("Content-Length", strconv.Itoa(len(resp.body)))
	w.WriteHeader(resp.status)
	_, _ = w.Write(resp.body[:resp.cut]) // fails only if the client has gone away
	if resp.cut < len(resp.body) {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// String names the fake by its URL. It does not show keys or requests.
func (s *Server) String() string { return "kustomertest.Server(" + s.URL + ")" }

// GoString is like [Server.String].
func (s *Server) GoString() string { return s.String() }
