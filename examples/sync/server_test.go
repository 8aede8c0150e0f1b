package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A server serves a fake Kustomer over HTTP. It can stop at a request, and it can wait until it has handled all requests of a
// process that was killed.
type server struct {
	*kustomertest.Server
	url string

	mu          sync.Mutex
	connections int
	closed      *sync.Cond // connections are fewer
	left        int        // requests until the stop
	stop        chan struct{}
	hold        chan struct{} // the requests from then on wait for it
}

func newServer(t *testing.T, cfg kustomertest.Config) *server {
	cfg.OrgLimit = 1_000_000
	s := &server{Server: kustomertest.New(cfg)}
	s.closed = sync.NewCond(&s.mu)
	web := httptest.NewUnstartedServer(s)
	web.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch state {
		case http.StateNew:
			s.connections++
		case http.StateClosed:
			s.connections--
			s.closed.Broadcast()
		}
	}
	web.Start()
	t.Cleanup(web.Close)
	s.url = web.URL
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.left--
	if s.left == 0 {
		close(s.stop)
	}
	var hold chan struct{}
	if s.left <= 0 {
		hold = s.hold
	}
	s.mu.Unlock()
	if hold != nil {
		<-hold
	}
	s.Server.ServeHTTP(w, r)
}

// stopAt returns a channel that is closed when the nth request from now on arrives.
func (s *server) stopAt(n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.stop, s.hold = n, make(chan struct{}), nil
	if n == 0 {
		close(s.stop)
	}
	return s.stop
}

// holdAt is stopAt, but that request and those after it wait until release is called.
func (s *server) holdAt(t *testing.T, n int) (stop <-chan struct{}, release func()) {
	stop = s.stopAt(n)
	s.mu.Lock()
	defer s.mu.Unlock()
	hold := make(chan struct{})
	s.hold = hold
	release = sync.OnceFunc(func() { close(hold) })
	t.Cleanup(release)
	return stop, release
}

// settle waits until the fake has handled what a process sent before it was killed. The server accepts connections in order, so
// it has accepted all of that process when it responds to a new one.
func (s *server) settle(t *testing.T) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get(s.url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.connections > 0 {
		s.closed.Wait()
	}
}
