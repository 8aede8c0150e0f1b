package prism

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/validator"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Where the servers are, which run.sh starts.
const (
	static  = "PRISM_STATIC"  // answers with the examples of the document
	dynamic = "PRISM_DYNAMIC" // makes answers up, with every property
	sparse  = "PRISM_SPARSE"  // makes answers up, with some of the properties

	started = "KUSTOMER_PRISM" // run.sh is at work, so that none of them may be missing
)

const id = "65f0a1b2c3d4e5f600000003"

// A server is one Prism, seen through a transport that says what is wanted and keeps what came.
type server struct {
	url  *url.URL
	doc  validator.Document
	sent int
	gone error // why the last request had no answer

	// What the next answers are to be: the value of Prefer, and of Accept where it is not the client's own.
	prefer, accept string

	last struct {
		status  int
		header  http.Header
		body    []byte
		refused error // what the document says against the request, by the judgement of kin-openapi
		invalid error // what it says against the answer
	}
}

func connect(t *testing.T, env string) *server {
	t.Helper()
	text := os.Getenv(env)
	switch {
	case text == "" && os.Getenv(started) != "":
		t.Fatalf("run.sh has started Prism, and %s does not say where", env)
	case text == "":
		t.Skipf("needs a running Prism, and its address in %s: make test-prism starts it", env)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := validator.Load("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{url: u, doc: doc}
	t.Cleanup(func() { t.Logf("%d requests were sent to Prism", s.sent) })
	return s
}

func (s *server) client(t *testing.T, opts ...client.Option) *client.Client {
	t.Helper()
	// Waits and repeats are left out of it: what comes back is judged, not how often.
	once := client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})
	c, err := client.New(append([]client.Option{client.WithBaseURL(s.url.String()), client.WithAPIKey("key"),
		client.WithLimiter(ratelimit.Unlimited), once, client.WithHTTPClient(&http.Client{Transport: s})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// RoundTrip sends a request to Prism and holds both sides against the document.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	judged := r.Clone(r.Context())
	judged.URL.Scheme, judged.URL.Host = "https", "acme.api.kustomerapp.com"
	judged.Host = judged.URL.Host
	in, refused := s.doc.Request(judged, body)

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
		return nil, fmt.Errorf("Prism has gone: %w", err)
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

// send sends a body that no client would.
func (s *server) send(t *testing.T, op operation, body []byte) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), op.method, s.url.String()+strings.ReplaceAll(op.path, "{id}", id), io.NopCloser(bytes.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer key")
	resp, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func (s *server) checkResponse(in *openapi3filter.RequestValidationInput) error {
	return s.doc.Response(in, s.last.status, s.last.header, s.last.body)
}

// violations returns what Prism itself says against the last request and its own answer to it, which is either side's.
func (s *server) violations(side string) []string {
	var all []struct {
		Location []string
		Message  string
	}
	// Prism writes the header; one that is not JSON would be as good as none.
	_ = json.Unmarshal([]byte(s.last.header.Get("sl-violations")), &all)
	var found []string
	for _, v := range all {
		if len(v.Location) > 0 && v.Location[0] == side {
			found = append(found, strings.Join(v.Location[1:], ".")+": "+v.Message)
		}
	}
	return found
}

// An operation is one of the three, with a way to call it.
type operation struct {
	name, method, path, schema string
	success                    int
	call                       func(c *client.Client, t *testing.T, body any) (*client.Conversation, error)
	plain                      any        // a body that is fine
	fresh                      func() any // a body to fill
}

var operations = []operation{
	{"create", "POST", "/v1/customers/{id}/conversations", "ConversationCreate", 201,
		func(c *client.Client, t *testing.T, b any) (*client.Conversation, error) {
			return c.CreateConversationForCustomer(t.Context(), id, *b.(*client.ConversationCreate))
		}, &client.ConversationCreate{}, func() any { return new(client.ConversationCreate) }},
	{"update", "PATCH", "/v1/conversations/{id}", "ConversationUpdate", 200,
		func(c *client.Client, t *testing.T, b any) (*client.Conversation, error) {
			return c.UpdateConversationAttributes(t.Context(), id, *b.(*client.ConversationUpdate))
		}, &client.ConversationUpdate{Priority: new(5)}, func() any { return new(client.ConversationUpdate) }},
	{"tags", "POST", "/v1/conversations/{id}/tags", "TagsToAppend", 200,
		func(c *client.Client, t *testing.T, b any) (*client.Conversation, error) {
			return c.AppendTagsToConversation(t.Context(), id, *b.(*[]string))
		}, &[]string{"vip"}, func() any { return new([]string) }},
}
