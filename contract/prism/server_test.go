package prism

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/contract/internal/validator"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// The environment variables with the addresses of the servers, which run.sh starts.
const (
	static  = "PRISM_STATIC"  // responds with the examples of the document
	dynamic = "PRISM_DYNAMIC" // generates responses with all properties
	sparse  = "PRISM_SPARSE"  // generates responses with some of the properties
	related = "PRISM_RELATED" // responds with the examples of the second document

	started = "KUSTOMER_PRISM" // set by run.sh: no address may be missing
)

const id = "65f0a1b2c3d4e5f600000003"

// A server is a transport to one Prism server. It can request certain responses, and keeps the last response.
type server struct {
	url  *url.URL
	doc  validator.Document
	sent int
	gone error // why the last request got no response

	// Which responses to request: the value of Prefer, and of Accept if it is not the client's own.
	prefer, accept string

	last struct {
		status  int
		header  http.Header
		body    []byte
		refused error // why the request is invalid, by kin-openapi
		invalid error // why the response is invalid, by kin-openapi
	}
}

func connect(t *testing.T, env string) *server {
	t.Helper()
	text := os.Getenv(env)
	switch {
	case text == "" && os.Getenv(started) != "":
		t.Fatalf("run.sh has started Prism, but %s is empty", env)
	case text == "":
		t.Skipf("needs a running Prism and its address in %s: make test-prism starts it", env)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	name := "openapi.yaml"
	if env == related {
		name = "related.yaml"
	}
	doc, err := validator.Load("../../api/" + name)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{url: u, doc: doc}
	t.Cleanup(func() { t.Logf("%d requests were sent to Prism", s.sent) })
	return s
}

func (s *server) client(t *testing.T, opts ...client.Option) *client.Client {
	t.Helper()
	// The tests check what comes back, not how often.
	once := client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})
	c, err := client.New(append([]client.Option{client.WithBaseURL(s.url.String()), client.WithAPIKey("key"),
		client.WithLimiter(ratelimit.Unlimited), once, client.WithHTTPClient(&http.Client{Transport: s})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// RoundTrip sends a request to Prism and checks request and response against the document.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	checked := r.Clone(r.Context())
	checked.URL.Scheme, checked.URL.Host = "https", "acme.api.kustomerapp.com"
	checked.Host = checked.URL.Host
	in, refused := s.doc.Request(checked, body)

	sent := r.Clone(r.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	if s.prefer != "" {
		sent.Header.Set("Prefer", s.prefer)
	}
	if s.accept != "" {
		sent.Header.Set("Accept", s.accept)
	}
	s.sent++
	resp, err := http.DefaultTransport.RoundTrip(sent)
	if s.gone = err; err != nil {
		return nil, fmt.Errorf("Prism does not respond: %w", err)
	}
	defer resp.Body.Close()
	if s.last.body, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	s.last.status, s.last.header, s.last.refused, s.last.invalid = resp.StatusCode, resp.Header, refused, nil
	if in != nil {
		s.last.invalid = s.checkResponse(in)
	}
	resp.Body = io.NopCloser(bytes.NewReader(s.last.body))
	return resp, nil
}

// send sends a body without a client.
func (s *server) send(t *testing.T, op operations.Operation, body []byte) (status int) {
	t.Helper()
	req := op.NewRequest(t, s.url.String(), "key", id)
	req.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func (s *server) checkResponse(in *openapi3filter.RequestValidationInput) error {
	return validator.Response(in, s.last.status, s.last.header, s.last.body)
}

// violations returns what Prism reports about one side of the last exchange: "request" or "response".
func (s *server) violations(side string) []string {
	var all []struct {
		Location []string
		Message  string
	}
	// A header that is not JSON counts as none.
	_ = json.Unmarshal([]byte(s.last.header.Get("sl-violations")), &all)
	var found []string
	for _, v := range all {
		if len(v.Location) > 0 && v.Location[0] == side {
			found = append(found, strings.Join(v.Location[1:], ".")+": "+v.Message)
		}
	}
	return found
}

// conversations returns the operations of the first document, each with a method of the client.
func conversations(t *testing.T) []operations.Operation {
	t.Helper()
	return operationsOf(t, "api/openapi.yaml")
}

func operationsOf(t *testing.T, file string) []operations.Operation {
	t.Helper()
	return slices.DeleteFunc(operations.OfClient(t, "../.."), func(op operations.Operation) bool { return op.File != file })
}
