package contract

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/contract/internal/random"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

const (
	host = "https://acme.api.kustomerapp.com"
	id   = "65f0a1b2c3d4e5f600000003"
)

// once allows one attempt per call: these tests check what is sent, not how often.
var once = client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func newClient(t testing.TB, rt http.RoundTripper, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(append([]client.Option{client.WithOrg("acme"), client.WithAPIKey("key"), client.WithLimiter(ratelimit.Unlimited), once, client.WithHTTPClient(&http.Client{Transport: rt})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bodies is the number of random requests of each operation.
const bodies = 4000

// The client's check and the document accept the same bodies. The test leaves out two cases: large bodies, because a schema
// cannot limit the size, and Go's zero time, which only the client refuses.
func TestClientAndDocumentAgree(t *testing.T) {
	var sent []byte
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		if r.Body == nil {
			return nil, errors.New("the request has no body")
		}
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"data":{"id":"c"}}`)), Request: r}, nil
	}))
	for _, op := range operations.OfClient(t, "..") {
		if op.Body() == nil {
			continue
		}
		t.Run(op.OperationID, func(t *testing.T) {
			r := random.New(1, 2)
			accepted := 0
			for i := range bodies {
				b := op.NewBody()
				r.Value(reflect.ValueOf(b).Elem(), 0.12)
				text, err := json.Marshal(b)
				if err != nil {
					t.Fatal(err)
				}
				if len(text) > 100_000 {
					continue
				}
				_, refusal := op.Document.Request(op.NewRequest(t, host, "key", id), text)

				sent = nil
				_, err = op.Call(t.Context(), c, id, b)
				var v *client.ValidationError
				if err != nil && !errors.As(err, &v) {
					t.Fatal(err)
				}
				if (err == nil) != (refusal == nil) {
					t.Fatalf("body %d:\n%s\nclient: %v\ndocument: %v", i, text, err, refusal)
				}
				if err == nil {
					accepted++
					if _, err := op.Document.Request(op.NewRequest(t, host, "key", id), sent); err != nil {
						t.Fatalf("the document does not allow what was sent:\n%s\n%v", sent, err)
					}
				}
			}
			t.Logf("%d of %d bodies are valid", accepted, bodies)
			if accepted < bodies/50 || accepted > bodies*49/50 {
				t.Errorf("%d of %d bodies are valid: too few or too many for a test", accepted, bodies)
			}
		})
	}
}

// Client and fake refuse duplicate keys in an object, at each depth.
func TestDuplicateKeys(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	transport := srv.HTTPClient().Transport
	update := client.ConversationUpdate{Custom: custom.New(custom.Raw("thing", json.RawMessage(`[{"a":1,"a":2}]`)))}
	for name, c := range map[string]*client.Client{
		"client": newClient(t, transport, client.WithAPIKey(kustomertest.APIKey)),
		"fake":   newClient(t, transport, client.WithAPIKey(kustomertest.APIKey), client.WithoutRequestChecks()),
	} {
		_, err := c.UpdateConversationAttributes(t.Context(), srv.AddConversation(id), update)
		_, before := errors.AsType[*client.ValidationError](err)
		if err == nil || before != (name == "client") || !before && !errors.Is(err, client.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func newRequest(t testing.TB, method, path string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer key")
	return r
}
