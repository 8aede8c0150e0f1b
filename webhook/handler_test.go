package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/kustomer-go/kustomer/webhook"
)

const event = `{"id":"e-1","name":"kustomer.conversation.update","data":{"type":"conversation","id":"c-1"}}`

type function = func(context.Context, webhook.Event) error

// handler returns a handler and its log.
func handler(t testing.TB, handle function, opts ...webhook.Option) (http.Handler, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	opts = append([]webhook.Option{webhook.WithLogger(slog.New(slog.NewTextHandler(log, nil)))}, opts...)
	h, err := webhook.Handler(handle, []string{"old-" + secret, secret}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return h, log
}

func request(body string) *http.Request {
	r := httptest.NewRequest("POST", "/kustomer", strings.NewReader(body))
	r.Header.Set(webhook.SignatureHeader, sign(body, secret))
	return r
}

// send sends a request and returns the status.
func send(t testing.TB, h http.Handler, r *http.Request) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Body.Len() > 0 {
		t.Errorf("the response has the body %q", w.Body)
	}
	return w.Code
}

func deliver(t testing.TB, h http.Handler, body string) int {
	t.Helper()
	return send(t, h, request(body))
}

// accept handles each event and counts.
func accept(calls *int) function {
	return func(context.Context, webhook.Event) error { *calls++; return nil }
}

func TestHandlerHandlesAnEvent(t *testing.T) {
	type contextKey struct{}
	var got webhook.Event
	var value any
	h, log := handler(t, func(ctx context.Context, e webhook.Event) error {
		got, value = e, ctx.Value(contextKey{})
		return nil
	})
	body := string(read(t, "conversation-update"))
	r := request(body)
	if status := send(t, h, r.WithContext(context.WithValue(r.Context(), contextKey{}, "of the request"))); status != 200 {
		t.Errorf("status %d, log %s", status, log)
	}
	if got.Name != "kustomer.conversation.update" || got.Conversation == nil || string(got.Raw) != body {
		t.Errorf("got %+v", got)
	}
	if value != "of the request" {
		t.Error("the context is not that of the request")
	}
	if log.Len() > 0 {
		t.Errorf("a success is logged: %s", log)
	}
}

func TestHandlerAcceptsBothSecrets(t *testing.T) {
	calls := 0
	h, _ := handler(t, accept(&calls))
	for i, s := range []string{secret, "old-" + secret} {
		body := fmt.Sprintf(`{"id":"e-%d"}`, i)
		r := request(body)
		r.Header.Set(webhook.SignatureHeader, sign(body, s))
		if status := send(t, h, r); status != 200 || calls != i+1 {
			t.Errorf("secret %d: status %d, %d calls", i, status, calls)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	with := func(change func(*http.Request)) *http.Request {
		r := request(event)
		change(r)
		return r
	}
	header := func(value string) *http.Request {
		return with(func(r *http.Request) { r.Header.Set(webhook.SignatureHeader, value) })
	}
	for _, test := range []struct {
		name   string
		r      *http.Request
		status int
		log    string // "" if it is not logged
	}{
		{"GET", with(func(r *http.Request) { r.Method = "GET" }), 405, ""},
		{"HEAD", with(func(r *http.Request) { r.Method = "HEAD" }), 405, ""},
		{"PUT", with(func(r *http.Request) { r.Method = "PUT" }), 405, ""},
		{"no signature", with(func(r *http.Request) { r.Header.Del(webhook.SignatureHeader) }), 401, "level=WARN"},
		{"a wrong signature", header(sign(event, "another")), 401, "level=WARN"},
		{"a prefix of the signature", header(sign(event, secret)[:32]), 401, "level=WARN"},
		{"the signature of another body", header(sign(event+" ", secret)), 401, "level=WARN"},
		{"the empty secret", header(sign(event, "")), 401, "level=WARN"},
		{"an unsigned body that is not JSON", with(func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader("not JSON"))
		}), 401, "level=WARN"},
		{"a body that breaks off", with(func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(event), errReader{}))
		}), 400, "level=WARN"},
		{"not JSON", request("not JSON"), 400, "level=ERROR"},
		{"empty", request(""), 400, "level=ERROR"},
		{"no id", request(`{"name":"kustomer.conversation.update"}`), 400, "level=ERROR"},
	} {
		calls := 0
		h, log := handler(t, accept(&calls))
		if status := send(t, h, test.r); status != test.status {
			t.Errorf("%s: status %d, want %d", test.name, status, test.status)
		}
		if calls != 0 {
			t.Errorf("%s: the function was called", test.name)
		}
		if text := log.String(); (text != "") != (test.log != "") || !strings.Contains(text, test.log) || strings.Contains(text, secret) ||
			strings.Contains(text, sign(event, secret)[:32]) {
			t.Errorf("%s: the log is %q", test.name, text)
		}
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestMethodNotAllowedNamesPost(t *testing.T) {
	h, _ := handler(t, accept(new(int)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/kustomer", nil))
	if w.Header().Get("Allow") != "POST" {
		t.Errorf("Allow is %q", w.Header().Get("Allow"))
	}
}

func TestBodyIsBounded(t *testing.T) {
	padded := func(size int) string { return `{"id":"e-1"` + strings.Repeat(" ", size-12) + `}` }
	for _, test := range []struct {
		name   string
		opts   []webhook.Option
		size   int
		status int
	}{
		{"1 MiB", nil, 1 << 20, 200},
		{"more than 1 MiB", nil, 1<<20 + 1, 413},
		{"the limit", []webhook.Option{webhook.WithMaxBody(100)}, 100, 200},
		{"more than the limit", []webhook.Option{webhook.WithMaxBody(100)}, 101, 413},
	} {
		calls := 0
		h, _ := handler(t, accept(&calls), test.opts...)
		if status := deliver(t, h, padded(test.size)); status != test.status || (calls == 1) != (status == 200) {
			t.Errorf("%s: status %d, %d calls", test.name, status, calls)
		}
	}
	// No more is read than the limit needs.
	h, _ := handler(t, accept(new(int)), webhook.WithMaxBody(100))
	endless := &endless{}
	r := request("")
	r.Body, r.ContentLength = io.NopCloser(endless), -1
	if status := send(t, h, r); status != 413 || endless.read > 10_000 {
		t.Errorf("an endless body: status %d after %d bytes", status, endless.read)
	}
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 10<<20 {
		return 0, io.EOF // or the test would not end
	}
	e.read += len(p)
	return len(p), nil
}

func TestFailedEventIsHandledAgain(t *testing.T) {
	failure := errors.New("the database is down")
	calls := 0
	h, log := handler(t, func(context.Context, webhook.Event) error {
		if calls++; calls < 3 {
			return failure
		}
		return nil
	})
	for i, want := range []int{500, 500, 200, 200} {
		if status := deliver(t, h, event); status != want {
			t.Errorf("delivery %d: status %d, want %d", i+1, status, want)
		}
	}
	if calls != 3 {
		t.Errorf("the function was called %d times", calls)
	}
	for _, part := range []string{"level=ERROR", failure.Error(), "status=500", "event=e-1", "name=kustomer.conversation.update"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log has no %q: %s", part, log)
		}
	}
}

func TestHandledEventIsNotHandledAgain(t *testing.T) {
	calls := 0
	h, _ := handler(t, accept(&calls))
	for i := range 3 {
		if status := deliver(t, h, event); status != 200 || calls != 1 {
			t.Errorf("delivery %d: status %d, %d calls", i+1, status, calls)
		}
	}
	if status := deliver(t, h, `{"id":"e-2"}`); status != 200 || calls != 2 {
		t.Errorf("another event: status %d, %d calls", status, calls)
	}
}

func TestConcurrentDelivery(t *testing.T) {
	for _, test := range []struct {
		name         string
		err          error
		first, later int
	}{
		{"the first succeeds", nil, 200, 1},
		{"the first fails", errors.New("failed"), 500, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			calls, finish := 0, make(chan error)
			h, _ := handler(t, func(context.Context, webhook.Event) error {
				if calls++; calls == 1 {
					return <-finish
				}
				return nil
			})
			first := make(chan int)
			go func() { first <- deliver(t, h, event) }()
			synctest.Wait()
			if status := deliver(t, h, event); status != 503 || calls != 1 {
				t.Errorf("%s: the second delivery gets %d, %d calls", test.name, status, calls)
			}
			finish <- test.err
			if status := <-first; status != test.first {
				t.Errorf("%s: the first delivery gets %d", test.name, status)
			}
			if status := deliver(t, h, event); status != 200 || calls != test.later {
				t.Errorf("%s: the third delivery gets %d, %d calls", test.name, status, calls)
			}
		})
	}
}

// Kustomer no longer waits, but the function succeeds. The event must not be handled again.
func TestEventIsRecordedAfterTheRequestHasEnded(t *testing.T) {
	seen := &strictStore{Seen: webhook.InMemory(0)}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	h, _ := handler(t, func(ctx context.Context, _ webhook.Event) error {
		calls++
		cancel()
		if ctx.Err() == nil {
			t.Error("the function does not see that the request has ended")
		}
		return nil
	}, webhook.WithSeen(seen))
	if status := send(t, h, request(event).WithContext(ctx)); status != 200 {
		t.Errorf("status %d", status)
	}
	if status := deliver(t, h, event); status != 200 || calls != 1 {
		t.Errorf("the next delivery: status %d, %d calls", status, calls)
	}
}

// A strictStore fails if the context has ended, as a database does, and notes whether it has a deadline.
type strictStore struct {
	webhook.Seen
	unbounded atomic.Bool
}

func (s *strictStore) Record(ctx context.Context, id string) error {
	if _, ok := ctx.Deadline(); !ok {
		s.unbounded.Store(true)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Seen.Record(ctx, id)
}

func (s *strictStore) Release(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Seen.Release(ctx, id)
}

func TestEventIsReleasedAfterTheRequestHasEnded(t *testing.T) {
	seen := &strictStore{Seen: webhook.InMemory(0)}
	ctx, cancel := context.WithCancel(t.Context())
	h, _ := handler(t, func(ctx context.Context, _ webhook.Event) error { cancel(); return ctx.Err() }, webhook.WithSeen(seen))
	if status := send(t, h, request(event).WithContext(ctx)); status != 500 {
		t.Errorf("status %d", status)
	}
	if state, err := seen.Claim(t.Context(), "e-1"); state != webhook.Claimed || err != nil {
		t.Errorf("the event is in state %v, %v", state, err)
	}
}

// Record is called with a deadline, so a store that hangs does not keep the request forever.
func TestRecordHasADeadline(t *testing.T) {
	seen := &strictStore{Seen: webhook.InMemory(0)}
	h, _ := handler(t, accept(new(int)), webhook.WithSeen(seen))
	deliver(t, h, event)
	if seen.unbounded.Load() {
		t.Error("the context of Record has no deadline")
	}
}

func TestPanicPassesThroughAndTheEventIsHandledAgain(t *testing.T) {
	for _, value := range []any{"a bug", http.ErrAbortHandler} {
		calls := 0
		h, _ := handler(t, func(context.Context, webhook.Event) error {
			if calls++; calls == 1 {
				panic(value)
			}
			return nil
		})
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if r := recover(); r != value {
					t.Errorf("recovered %v, want %v", r, value)
				}
			}()
			h.ServeHTTP(w, request(event))
		}()
		if w.Code != 500 {
			t.Errorf("a middleware that recovers and writes nothing sends %d", w.Code)
		}
		if status := deliver(t, h, event); status != 200 || calls != 2 {
			t.Errorf("the next delivery: status %d, %d calls", status, calls)
		}
	}
}

// With net/http, a panic closes the connection without a response.
func TestPanicInAServerSendsNo2xx(t *testing.T) {
	h, _ := handler(t, func(context.Context, webhook.Event) error { panic(http.ErrAbortHandler) })
	srv := httptest.NewServer(h)
	defer srv.Close()
	r, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL, strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(webhook.SignatureHeader, sign(event, secret))
	resp, err := srv.Client().Do(r)
	if err != nil {
		return
	}
	resp.Body.Close()
	if resp.StatusCode != 500 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// A failingStore fails in one of its methods.
type failingStore struct {
	webhook.Seen
	claim, record, release error
}

func (s failingStore) Claim(ctx context.Context, id string) (webhook.State, error) {
	if s.claim != nil {
		return 0, s.claim
	}
	return s.Seen.Claim(ctx, id)
}
func (s failingStore) Record(context.Context, string) error  { return s.record }
func (s failingStore) Release(context.Context, string) error { return s.release }

func TestStoreFails(t *testing.T) {
	down := errors.New("the store is down")
	for _, test := range []struct {
		name   string
		seen   failingStore
		handle error
		status int
		calls  int
	}{
		{"Claim", failingStore{claim: down}, nil, 503, 0},
		{"Record: the function has succeeded", failingStore{record: down}, nil, 200, 1},
		{"Release: the function has failed", failingStore{release: down}, errors.New("failed"), 500, 1},
	} {
		test.seen.Seen = webhook.InMemory(0)
		calls := 0
		h, log := handler(t, func(context.Context, webhook.Event) error { calls++; return test.handle }, webhook.WithSeen(test.seen))
		if status := deliver(t, h, event); status != test.status || calls != test.calls {
			t.Errorf("%s: status %d, %d calls", test.name, status, calls)
		}
		if !strings.Contains(log.String(), down.Error()) || test.handle != nil && !strings.Contains(log.String(), test.handle.Error()) {
			t.Errorf("%s: the log is %q", test.name, log)
		}
	}
}

func TestHandlerRefusesInvalidArguments(t *testing.T) {
	ok := accept(new(int))
	for _, test := range []struct {
		name    string
		handle  function
		secrets []string
		opts    []webhook.Option
		says    []string
	}{
		{"no function", nil, []string{secret}, nil, []string{"no function"}},
		{"no secret", ok, nil, nil, []string{"no secret"}},
		{"an empty secret", ok, []string{secret, ""}, nil, []string{"secret 2 is empty"}},
		{"a nil option", ok, []string{secret}, []webhook.Option{nil}, []string{"option 1 is nil"}},
		{"no store", ok, []string{secret}, []webhook.Option{webhook.WithSeen(nil)}, []string{"WithSeen"}},
		{"no logger", ok, []string{secret}, []webhook.Option{webhook.WithLogger(nil)}, []string{"WithLogger"}},
		{"no body", ok, []string{secret}, []webhook.Option{webhook.WithMaxBody(0)}, []string{"WithMaxBody"}},
		{"all at once", nil, []string{"", secret + "\n"}, []webhook.Option{nil, webhook.WithMaxBody(-1)},
			[]string{"no function", "secret 1 is empty", "secret 2 begins or ends", "option 1 is nil", "WithMaxBody"}},
	} {
		h, err := webhook.Handler(test.handle, test.secrets, test.opts...)
		if h != nil || err == nil {
			t.Errorf("%s: it was accepted", test.name)
			continue
		}
		for _, says := range test.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %q has no %q", test.name, err, says)
			}
		}
		if strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
			t.Errorf("%s: the error shows the secret", test.name)
		}
	}
}

func TestHandlerShowsNoSecret(t *testing.T) {
	secrets := []string{secret}
	h, err := webhook.Handler(accept(new(int)), secrets)
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%v %+v %#v %s", h, h, h, h); strings.Contains(all, secret) {
		t.Errorf("the handler shows the secret: %s", all)
	}
	secrets[0] = "changed"
	if status := deliver(t, h, event); status != 200 {
		t.Errorf("a change of the caller's slice changes the handler: status %d", status)
	}
}

// Many deliveries at once: each event is handled once, and each delivery gets a 200 or a 503. For the race detector.
func TestConcurrentEvents(t *testing.T) {
	var handled sync.Map
	h, err := webhook.Handler(func(_ context.Context, e webhook.Event) error {
		if _, again := handled.LoadOrStore(e.ID, true); again {
			t.Errorf("%s was handled again", e.ID)
		}
		return nil
	}, []string{secret}, webhook.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if status := deliver(t, h, fmt.Sprintf(`{"id":"e-%d"}`, i%20)); status != 200 && status != 503 {
				t.Errorf("status %d", status)
			}
		})
	}
	wg.Wait()
	for i := range 20 {
		if _, ok := handled.Load(fmt.Sprintf("e-%d", i)); !ok {
			t.Errorf("e-%d was not handled", i)
		}
	}
}
