package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Requests have the same URLs as those of the generated builders, also for ids that must be escaped.
func TestURLsAreThoseOfTheDocument(t *testing.T) {
	for _, base := range []string{"https://acme.api.kustomerapp.com", "https://gateway.example:8443/kustomer/", "https://gateway.example/a+b"} {
		for _, id := range []string{conversationID, "externalId=order-1", "{id}", "a;b,c", "a:b@c", "é漢", "a+b&c=d", "~!$'()*", `"<>^|[]` + "`"} {
			for _, op := range operations {
				if op.builder == nil {
					continue
				}
				sent := new(sent)
				c := over(t, base, client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
					sent.take(t, r)
					return testResponse{status: 200, body: `{"data":{"id":"x"}}`}.response(r), nil
				})}))
				if err := op.call(t.Context(), c, id); err != nil {
					t.Fatalf("%s, %s: %v", base, id, err)
				}
				want, err := op.builder(strings.TrimSuffix(base, "/")+"/", id, "application/json", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				if sent.url != want.URL.String() || sent.method != want.Method || sent.header.Get("Content-Type") != "application/json" {
					t.Errorf("%s of %q at %s: %s %s, want %s %s", op.ID, id, base, sent.method, sent.url, want.Method, want.URL)
				}
			}
		}
	}
}

// Do sends its path with query and escapes unchanged, below the path of the base URL.
func TestPathsOfDoAreKept(t *testing.T) {
	for _, path := range []string{"/v1/customers/externalId=a%2Fb", "/v1/customers/email=a%40b.c?x=1&y=%20", "/v1/customers?", "/v1/customers/%C3%BC;x,y", "/v1/a?b=c?d/e"} {
		for _, base := range []string{"https://acme.api.kustomerapp.com", "https://gateway.example/kustomer"} {
			var got string
			c := over(t, base, client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				got = r.URL.Scheme + "://" + r.Host + r.URL.RequestURI()
				return testResponse{status: 200, body: "{}"}.response(r), nil
			})}))
			if _, err := c.Do(t.Context(), "GET", path, nil); err != nil {
				t.Fatal(err)
			}
			if want := base + path; got != want {
				t.Errorf("%s was sent as %s", want, got)
			}
		}
	}
}

// A write by Do counts against the same limits as the operations of the client.
func TestDoCountsAgainstTheRecord(t *testing.T) {
	type request = ratelimit.Request
	for _, test := range []struct {
		method, path string
		body         any
		want         request
	}{
		{"PATCH", "/v1/conversations/c1", struct{}{}, request{Object: "c1"}},
		{"DELETE", "/v1/conversations/c1?hard=true", nil, request{Object: "c1"}},
		{"PUT", "/v1/customers/externalId=a%2Fb%40c", struct{}{}, request{Object: "externalId=a/b@c"}},
		{"POST", "/v1/conversations/c1/messages", struct{}{}, request{Object: "c1"}},
		{"POST", "/v1/customers/c2/notes", struct{}{}, request{Object: "c2"}},
		{"POST", "/v1/customers/c2/conversations", nil, request{Customer: "c2"}},
		{"POST", "/v1/customers/c2/conversations", json.RawMessage(`{"importedAt":null}`), request{Customer: "c2"}},
		{"POST", "/v1/customers/c2/conversations", client.ConversationCreate{ImportedAt: new(time.Now())}, request{}},
		{"PATCH", "/v1/customers/c2/conversations", struct{}{}, request{Object: "c2"}},
		{"POST", "/v1/companies/c2/conversations", struct{}{}, request{Object: "c2"}},
		{"POST", "/v1/customers/c2/conversations/1", struct{}{}, request{Object: "c2"}},
		{"GET", "/v1/conversations/c1", nil, request{}},
		{"POST", "/v1/customers/search", struct{}{}, request{Search: true}},
		{"POST", "/v1/customers/search?page=2", struct{}{}, request{Search: true}},
		{"GET", "/v1/customers/search", nil, request{Search: true}},
		{"POST", "/v1/conversations/c1/search-terms", struct{}{}, request{Object: "c1"}},
		{"PUT", "/v1/customers/search", struct{}{}, request{}},
		{"POST", "/v1/conversations", struct{}{}, request{}},
	} {
		s := newSlots()
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			return testResponse{status: 200, body: "{}"}.response(r), nil
		}), client.WithLimiter(s))
		if _, err := c.Do(t.Context(), test.method, test.path, test.body); err != nil {
			t.Fatal(err)
		}
		got := s.requests[0]
		got.Op = ""
		if got != test.want {
			t.Errorf("%s %s: the limiter was asked for %+v, want %+v", test.method, test.path, got, test.want)
		}
	}
}

// A call by Do that exceeds a limit of its own delays only calls of its kind: all searches, or calls of the same path.
func TestDoWithALimitOfItsOwn(t *testing.T) {
	for _, test := range []struct {
		limited, too, free string // paths: the one that is limited, one that shares its limit, and one that does not
		kind, id           string
	}{
		{"/v1/customers/search", "/v1/conversations/search", "/v1/conversations", "search", ""},
		{"/v1/conversations", "/v1/conversations?x=1", "/v1/customers/search", "operation", "Do POST /v1/conversations"},
	} {
		bubble(t, test.kind, func(t *testing.T) {
			c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{
				Transport: transport(func(r *http.Request) (*http.Response, error) {
					a := testResponse{status: 200, header: http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"900"}}}
					if r.URL.Path == test.limited {
						a.status = 429
					}
					return a.response(r), nil
				})}))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for range 8 {
				go func() { _, _ = c.Do(ctx, "POST", test.limited, struct{}{}) }()
			}
			time.Sleep(30 * time.Second)
			for path, want := range map[string]bool{test.limited: true, test.too: true, test.free: false} {
				_, err := c.Do(t.Context(), "POST", path, struct{}{}, client.CallNoWait())
				if limited := errors.Is(err, client.ErrRateLimited); limited != want {
					t.Errorf("%s: %v", path, err)
				}
			}
			if s, _ := c.RateLimit(); len(s.Blocked) == 0 || s.Blocked[0].Kind != test.kind || s.Blocked[0].ID != test.id {
				t.Errorf("blocked are %+v", s.Blocked)
			}
			cancel()
			synctest.Wait()
		})
	}
}
