package kustomertest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A reply is a decoded response.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (r reply) data() map[string]any          { return object(r.body["data"]) }
func (r reply) attributes() map[string]any    { return object(r.data()["attributes"]) }
func (r reply) relationships() map[string]any { return object(r.data()["relationships"]) }
func (r reply) id() string                    { id, _ := r.data()["id"].(string); return id }

func (r reply) custom() map[string]any { return object(r.attributes()["custom"]) }

// firstError is the first error of the envelope.
func (r reply) firstError() map[string]any {
	list, _ := r.body["errors"].([]any)
	if len(list) == 0 {
		return nil
	}
	return object(list[0])
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func newRequest(ctx context.Context, srv *kustomertest.Server, method, path, body string) *http.Request {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, srv.URL+path, r)
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// try sends one request and returns its response or error.
func try(srv *kustomertest.Server, req *http.Request) (reply, error) {
	resp, err := srv.HTTPClient().Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, text: string(text)}
	_ = json.Unmarshal(text, &r.body) // body stays nil if text is not a JSON object
	return r, err
}

func do(t *testing.T, srv *kustomertest.Server, req *http.Request) reply {
	t.Helper()
	r, err := try(srv, req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return r
}

func send(t *testing.T, srv *kustomertest.Server, method, path, body string) reply {
	t.Helper()
	return do(t, srv, newRequest(t.Context(), srv, method, path, body))
}

// want sends a request and fails unless the response has that status.
func want(t *testing.T, srv *kustomertest.Server, status int, method, path, body string) reply {
	t.Helper()
	r := send(t, srv, method, path, body)
	if r.status != status {
		t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, r.status, status, r.text)
	}
	return r
}

func patch(t *testing.T, srv *kustomertest.Server, id, body string) reply {
	t.Helper()
	return want(t, srv, 200, "PATCH", "/v1/conversations/"+id, body)
}

func get(t *testing.T, srv *kustomertest.Server, id string) reply {
	t.Helper()
	return want(t, srv, 200, "GET", "/v1/conversations/"+id, "")
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("%s is %s, want %s", what, g, w)
	}
}

// A sample is one recorded or documented exchange.
type sample struct {
	Request struct {
		Method, Path string
		Body         json.RawMessage
	}
	Status  int
	Headers map[string]string
	Body    map[string]any
}

func readSample(t *testing.T, name string) sample {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var s sample
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func newConversation(t *testing.T, cfg kustomertest.Config) (*kustomertest.Server, string) {
	t.Helper()
	srv := kustomertest.New(cfg)
	return srv, srv.AddConversation(srv.AddCustomer())
}
