package client_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

func over(t testing.TB, url string, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(append([]client.Option{client.WithBaseURL(url), client.WithAPIKey(apiKey), once}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// closing records whether a body was closed.
type closing struct {
	io.Reader
	closed *atomic.Int32
}

func (c closing) Close() error { c.closed.Add(1); return nil }

func TestBodiesAreClosedAndContextsEnded(t *testing.T) {
	var closed atomic.Int32
	var contexts []context.Context
	statuses := []int{200, 400, 500, 302, 101}
	for _, status := range statuses {
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			contexts = append(contexts, r.Context())
			resp := testResponse{status: status}.response(r)
			resp.Body = closing{strings.NewReader(`{"data":{"id":"c"}}`), &closed}
			return resp, nil
		}))
		tag(t, c)
	}
	if int(closed.Load()) != len(statuses) {
		t.Errorf("%d of %d bodies were closed", closed.Load(), len(statuses))
	}
	for _, ctx := range contexts {
		if ctx.Err() == nil {
			t.Error("the context of an attempt goes on")
		}
	}
}

// slots is a limiter that allows one request at a time.
type slots struct {
	free     chan struct{}
	requests []ratelimit.Request
	results  []ratelimit.Result
}

func newSlots() *slots { return &slots{free: make(chan struct{}, 1)} }

func (s *slots) Acquire(ctx context.Context, r ratelimit.Request) (ratelimit.Permit, error) {
	s.requests = append(s.requests, r)
	select {
	case s.free <- struct{}{}:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *slots) Done(r ratelimit.Result) { s.results = append(s.results, r); <-s.free }

func TestLimiterGetsEveryResult(t *testing.T) {
	s := newSlots()
	var fail func(*http.Request) (*http.Response, error)
	a := sample(t, "responses/append-tags-200.json")
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) { return fail(r) }), client.WithLimiter(s))
	for _, f := range []func(*http.Request) (*http.Response, error){
		func(r *http.Request) (*http.Response, error) { return a.response(r), nil },
		func(r *http.Request) (*http.Response, error) { return testResponse{status: 429}.response(r), nil },
		func(r *http.Request) (*http.Response, error) { return nil, errors.New("lost") },
		func(r *http.Request) (*http.Response, error) { panic("of a transport") },
	} {
		fail = f
		for _, op := range operations {
			func() {
				defer func() { recover() }()
				op.call(t.Context(), c, conversationID)
			}()
		}
	}
	if want := 4 * len(operations); len(s.requests) != want || len(s.results) != want {
		t.Fatalf("%d requests, %d results, want %d", len(s.requests), len(s.results), want)
	}
	for i, op := range operations {
		want := ratelimit.Request{Op: op.ID, Object: conversationID}
		if op.ofCustomer() {
			want = ratelimit.Request{Op: op.ID, Customer: conversationID}
		}
		if op.safety == reading {
			want = ratelimit.Request{Op: op.ID}
		}
		if s.requests[i] != want {
			t.Errorf("the limiter was asked for %+v, want %+v", s.requests[i], want)
		}
	}
	if r := s.results[0]; r.Status != 200 || r.Header.Get("X-Ratelimit-Limit") != "1000" || r.Sent.IsZero() || r.Received.Before(r.Sent) {
		t.Errorf("the limiter got %+v", r)
	}
	if r := s.results[len(operations)]; r.Status != 429 {
		t.Errorf("the limiter got %+v", r)
	}
	if r := s.results[2*len(operations)]; r.Status != 0 || r.Err == nil {
		t.Errorf("the limiter got %+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.AppendTagsToConversation(ctx, conversationID, []string{"a"}); !errors.Is(err, context.Canceled) || len(s.requests) != 4*len(operations) {
		t.Errorf("a call that is over asked the limiter: %v", err)
	}
}

// none is a limiter that returns neither a permit nor an error.
type none struct{}

func (none) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) { return nil, nil }

func TestLimiterWithoutPermit(t *testing.T) {
	c, sent := responding(t, testResponse{status: 200}, client.WithLimiter(none{}))
	_, err := tag(t, c)
	var e *client.Error
	if !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied || sent.count != 0 {
		t.Errorf("error is %v", err)
	}
}

// raw serves connections one after the other, by hand.
func raw(t *testing.T, serve func(net.Conn, *http.Request)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r, err := http.ReadRequest(bufio.NewReader(conn))
			if err == nil {
				io.Copy(io.Discard, r.Body)
				serve(conn, r)
			}
			conn.Close()
		}
	})
	t.Cleanup(func() { l.Close(); done.Wait() })
	return "http://" + l.Addr().String()
}

// deaf returns the address of a port without a listener. The caller's end of a connection uses the port all the time, so no
// other process can listen on it.
func deaf(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return "http://" + conn.LocalAddr().String()
}

// generous is a limiter that allows requests whose context has ended.
type generous struct{ cancel context.CancelFunc }

func (g generous) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) {
	g.cancel()
	return g, nil
}

func (generous) Done(ratelimit.Result) {}

// net/http does not send a request whose context has already ended, but does not say so.
func TestContextThatEndsBeforeSendingIsNotApplied(t *testing.T) {
	for name, option := range map[string]func(context.CancelFunc) client.Option{
		"while the token is fetched": func(cancel context.CancelFunc) client.Option {
			return client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
				cancel()
				return apiKey, nil
			}))
		},
		"once the limiter lets it through": func(cancel context.CancelFunc) client.Option {
			return client.WithLimiter(generous{cancel})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var reached atomic.Bool
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
			defer srv.Close()
			ctx, cancel := context.WithCancel(t.Context())
			first, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(apiKey))
			if err != nil {
				t.Fatal(err)
			}
			_, err = clone(t, first, option(cancel)).CreateConversationForCustomer(ctx, customerID, client.ConversationCreate{ExternalID: new("o")})
			got, e := kind(err)
			if got != "error" || e.Outcome != client.OutcomeNotApplied || e.Attempts != 0 || !errors.Is(err, context.Canceled) || reached.Load() {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestHeadersThatAreSent(t *testing.T) {
	c, sent := responding(t, sample(t, "responses/append-tags-200.json"), client.WithUserAgent("order-sync/1.4"), client.WithUpdateContentType("application/json-patch+json"))
	if _, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Name: client.Value("n")}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + apiKey, "Accept": "application/json", "Content-Type": "application/json-patch+json",
	} {
		if got := sent.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	// In a user's module this is the version of the required release.
	own, ok := strings.CutPrefix(sent.header.Get("User-Agent"), "order-sync/1.4 ")
	if version, found := strings.CutPrefix(own, "kustomer-go/"); !ok || !found || version != "devel" && !strings.HasPrefix(version, "v") {
		t.Errorf("the user agent is %q", sent.header.Get("User-Agent"))
	}
	other, plain := responding(t, testResponse{status: 200, body: `{"data":{"id":"c"}}`})
	if _, err := tag(t, other); err != nil || plain.header.Get("User-Agent") != own {
		t.Errorf("without a product, the user agent is %q: %v", plain.header.Get("User-Agent"), err)
	}
	if sent.body != `{"name":"n"}` {
		t.Errorf("the body is %s", sent.body)
	}
	if _, err := tag(t, c); err != nil || sent.header.Get("Content-Type") != "application/json" {
		t.Error("the content type of updates is used for tags")
	}
}

func TestConcurrentUse(t *testing.T) {
	a := sample(t, "responses/update-conversation-200-custom.json")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, a.body) }))
	defer srv.Close()
	c := over(t, srv.URL)
	update := client.ConversationUpdate{EndedAt: new(time.Now()), Custom: attributes(20), Tags: []string{"a"}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if conv, err := c.UpdateConversationAttributes(t.Context(), conversationID, update); err != nil || conv.ID != conversationID {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
