package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A harness is a fake organisation with a customer and a conversation, and a client of it.
type harness struct {
	*client.Client
	srv                    *kustomertest.Server
	customer, conversation string
}

type fakeOptions = kustomertest.Config

func newHarness(t testing.TB, fake *fakeOptions, opts ...client.Option) *harness {
	t.Helper()
	if fake == nil {
		fake = new(fakeOptions)
	}
	srv := kustomertest.New(*fake)
	c, err := client.New(append([]client.Option{client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	r := &harness{Client: c, srv: srv, customer: srv.AddCustomer()}
	r.conversation = srv.AddConversation(r.customer)
	return r
}

// unlimited turns the limiter off, so that only retries wait.
var unlimited = client.WithLimiter(ratelimit.Unlimited)

// onlyWriter lets updates and tags be repeated at any time.
var onlyWriter = client.WithRetryPolicy(client.RetryPolicy{RetryWindow: 24 * time.Hour})

// reserve leaves a share of the budget to others.
func reserve(share float64) client.Option {
	config := ratelimit.Config{Reserve: share}
	if share == 0 {
		config.Reserve = -1 // none; 0 is the default
	}
	limiter, err := ratelimit.New(config)
	if err != nil {
		panic(err)
	}
	return client.WithLimiter(limiter)
}

// onEvent calls f with each event.
func onEvent(f func(client.Event)) client.Option {
	return client.WithTrace(client.Trace{Event: func(_ context.Context, e client.Event) { f(e) }})
}

func attempts(n int) client.Option {
	return client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: n})
}

func (r *harness) tag(ctx context.Context, opts ...client.CallOption) error {
	_, err := r.AppendTagsToConversation(ctx, r.conversation, []string{"vip"}, opts...)
	return err
}

func (r *harness) update(ctx context.Context, opts ...client.CallOption) error {
	_, err := r.UpdateConversationAttributes(ctx, r.conversation, client.ConversationUpdate{Name: client.Value("n")}, opts...)
	return err
}

func (r *harness) create(ctx context.Context, create client.ConversationCreate, opts ...client.CallOption) error {
	_, err := r.CreateConversationForCustomer(ctx, r.customer, create, opts...)
	return err
}

// sent returns the number of requests to the fake.
func (r *harness) sent() int { return len(r.srv.Requests()) }

// waits returns the times between the requests.
func (r *harness) waits() []time.Duration {
	var all []time.Duration
	requests := r.srv.Requests()
	for i := 1; i < len(requests); i++ {
		all = append(all, requests[i].Time.Sub(requests[i-1].Time))
	}
	return all
}

// bubble runs f in virtual time.
func bubble(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

// took returns how long f took, and its error.
func took(f func() error) (time.Duration, error) {
	start := time.Now()
	err := f()
	return time.Since(start), err
}

// kind returns the type of an error in words, and the [client.Error] in it.
func kind(err error) (string, *client.Error) {
	e, _ := errors.AsType[*client.Error](err)
	switch err.(type) {
	case nil:
		return "success", nil
	case *client.Error:
		return "error", e
	case *client.RateLimitError:
		return "rate limit", e
	case *client.OutcomeUnknownError:
		return "unknown", e
	}
	return "other", e
}

// with adds headers to the response of a fault.
func with(f kustomertest.Fault, pairs ...string) kustomertest.Fault {
	f.Header = http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		f.Header.Set(pairs[i], pairs[i+1])
	}
	return f
}

func always(f kustomertest.Fault) kustomertest.Fault {
	f.Times = -1
	return f
}

const (
	customerID     = "65f0a1b2c3d4e5f600000002"
	conversationID = "65f0a1b2c3d4e5f600000003"
	apiKey         = "eyJhbGciOiJIUzI1NiJ9.secret-payload.signature"
)

// once allows one attempt per call.
var once = client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})

// transport makes a function an http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A testResponse is a response of a server. Header names are in canonical form.
type testResponse struct {
	status int
	header http.Header
	body   string
}

func (a testResponse) response(r *http.Request) *http.Response {
	h := a.header.Clone()
	if h == nil {
		h = http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	}
	return &http.Response{
		StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		Body: io.NopCloser(bytes.NewReader([]byte(a.body))), ContentLength: int64(len(a.body)), Request: r,
	}
}

// responding returns a client whose calls get the response a, and the last request.
func responding(t testing.TB, a testResponse, opts ...client.Option) (*client.Client, *sent) {
	t.Helper()
	s := new(sent)
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		s.take(t, r)
		return a.response(r), nil
	}), opts...)
	return c, s
}

func newClient(t testing.TB, rt http.RoundTripper, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(append([]client.Option{client.WithOrg("acme"), client.WithAPIKey(apiKey),
		client.WithHTTPClient(&http.Client{Transport: rt}), once, client.WithLimiter(ratelimit.Unlimited)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sent is the last request.
type sent struct {
	count  int
	method string
	url    string
	header http.Header
	body   string
}

func (s *sent) take(t testing.TB, r *http.Request) {
	s.count++
	s.method, s.url, s.header, s.body = r.Method, r.URL.String(), r.Header, ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body.Close()
		s.body = string(b)
	}
}

// sample reads a response from testdata.
func sample(t testing.TB, path string) testResponse {
	t.Helper()
	data, err := os.ReadFile("testdata/" + path)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	var text string
	if json.Unmarshal(s.Body, &text) != nil {
		var compact bytes.Buffer
		if err := json.Compact(&compact, s.Body); err != nil {
			t.Fatal(err)
		}
		text = compact.String()
	}
	h := http.Header{}
	for k, v := range s.Headers {
		h.Set(k, v)
	}
	return testResponse{s.Status, h, text}
}
