package client_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

const (
	customerID     = "65f0a1b2c3d4e5f600000002"
	conversationID = "65f0a1b2c3d4e5f600000003"
	apiKey         = "eyJhbGciOiJIUzI1NiJ9.secret-payload.signature"
)

// once sends each call one time, for tests of what comes of that.
var once = client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})

// transport is an http.RoundTripper made of a function.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answer is what a server sends. Header names are in canonical form.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) response(r *http.Request) *http.Response {
	h := a.header.Clone()
	if h == nil {
		h = http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	}
	return &http.Response{
		StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		Body: io.NopCloser(bytes.NewReader([]byte(a.body))), ContentLength: int64(len(a.body)), Request: r,
	}
}

// answering returns a client whose calls are answered with a, and what was sent last.
func answering(t testing.TB, a answer, opts ...client.Option) (*client.Client, *sent) {
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

// sample reads an answer from testdata.
func sample(t testing.TB, path string) answer {
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
	return answer{s.Status, h, text}
}
