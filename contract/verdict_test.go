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
	"github.com/kustomer-go/kustomer/contract/internal/random"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

const (
	host = "https://acme.api.kustomerapp.com"
	id   = "65f0a1b2c3d4e5f600000003"
)

// once leaves waits and repeats out of it: what is sent is judged, not how often.
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

// bodies are how many random requests of each operation are judged.
const bodies = 4000

// The client's check and the document give the same verdict on every body. Only its size is left out, which a
// document cannot say, and Go's zero time, which is nobody's intention.
func TestClientAndDocumentAgree(t *testing.T) {
	d := load(t)
	var sent []byte
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"data":{"id":"c"}}`)), Request: r}, nil
	}))
	for _, op := range []struct {
		name, method, path string
		fresh              func() any
		call               func(body any) error
	}{
		{"create", "POST", "/v1/customers/" + id + "/conversations", func() any { return new(client.ConversationCreate) }, func(b any) error {
			_, err := c.CreateConversationForCustomer(t.Context(), id, *b.(*client.ConversationCreate))
			return err
		}},
		{"update", "PATCH", "/v1/conversations/" + id, func() any { return new(client.ConversationUpdate) }, func(b any) error {
			_, err := c.UpdateConversationAttributes(t.Context(), id, *b.(*client.ConversationUpdate))
			return err
		}},
		{"tags", "POST", "/v1/conversations/" + id + "/tags", func() any { return &[]string{} }, func(b any) error {
			_, err := c.AppendTagsToConversation(t.Context(), id, *b.(*[]string))
			return err
		}},
	} {
		t.Run(op.name, func(t *testing.T) {
			r := random.New(1, 2)
			accepted := 0
			for i := range bodies {
				b := op.fresh()
				r.Value(reflect.ValueOf(b).Elem(), 0.12)
				text, err := json.Marshal(b)
				if err != nil {
					t.Fatal(err)
				}
				if len(text) > 100_000 {
					continue
				}
				_, refusal := d.Request(newRequest(t, op.method, op.path), text)

				sent = nil
				err = op.call(b)
				var v *client.ValidationError
				if err != nil && !errors.As(err, &v) {
					t.Fatal(err)
				}
				if (err == nil) != (refusal == nil) {
					t.Fatalf("body %d:\n%s\nthe client says: %v\nthe document says: %v", i, text, err, refusal)
				}
				if err == nil {
					accepted++
					if _, err := d.Request(newRequest(t, op.method, op.path), sent); err != nil {
						t.Fatalf("what was sent is not allowed:\n%s\n%v", sent, err)
					}
				}
			}
			t.Logf("%d of %d were allowed", accepted, bodies)
			if accepted < bodies/10 || accepted > bodies*9/10 {
				t.Errorf("%d of %d were allowed: too few or too many to tell anything", accepted, bodies)
			}
		})
	}
}

// A key that is twice in an object is refused on both sides, at whatever depth. No value of Go has one.
func TestKeysThatAreTwice(t *testing.T) {
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
			t.Errorf("the %s says: %v", name, err)
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
