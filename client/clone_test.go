package client_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

func clone(t *testing.T, c *client.Client, opts ...client.Option) *client.Client {
	t.Helper()
	other, err := c.Clone(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return other
}

func read(t *testing.T, c *client.Client) (*client.Response, error) {
	return c.Do(t.Context(), "GET", "/v1/users/current", nil)
}

// Clients that share a limiter share what they learn about the budget.
func TestSharedLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter, err := ratelimit.New(ratelimit.Config{})
		if err != nil {
			t.Fatal(err)
		}
		r := newHarness(t, nil, client.WithLimiter(limiter))
		srv := kustomertest.New(kustomertest.Config{})
		byOption := newHarness(t, nil, client.WithLimiter(limiter)).Client
		for name, test := range map[string]struct {
			c      *client.Client
			shared bool
		}{
			"WithLimiter":            {byOption, true},
			"Clone":                  {clone(t, r.Client), true},
			"Clone of a clone":       {clone(t, clone(t, r.Client)), true},
			"Clone, other key":       {clone(t, r.Client, client.WithAPIKey("other")), true},
			"Clone, host again":      {clone(t, r.Client, client.WithBaseURL(strings.ToUpper(srv.URL)+":443//")), true},
			"Clone, host, its key":   {clone(t, r.Client, client.WithBaseURL(srv.URL), client.WithAPIKey("other")), true},
			"Clone, other path":      {clone(t, r.Client, client.WithBaseURL(srv.URL+"/eu"), client.WithAPIKey("other")), false},
			"Clone, other port":      {clone(t, r.Client, client.WithBaseURL(srv.URL+":8443"), client.WithAPIKey("other")), false},
			"Clone, other host":      {clone(t, r.Client, client.WithOrg("other"), client.WithAPIKey("other")), false},
			"Clone, and back again":  {clone(t, clone(t, r.Client, client.WithOrg("other"), client.WithAPIKey("other")), client.WithBaseURL(srv.URL), client.WithAPIKey("k")), false},
			"Clone, host, limiter":   {clone(t, r.Client, client.WithOrg("other"), client.WithAPIKey("other"), client.WithLimiter(limiter)), true},
			"Clone, WithLimiter":     {clone(t, r.Client, client.WithLimiter(own(t))), false},
			"Clone, clone's limiter": {clone(t, clone(t, r.Client, reserve(0.05))), false},
		} {
			if _, err := read(t, r.Client); err != nil {
				t.Fatal(err)
			}
			mine, _ := r.RateLimit()
			its, ok := test.c.RateLimit()
			if !ok || (its.Remaining == mine.Remaining && its.Limit == 1000) != test.shared || !test.shared && its.Limit != -1 {
				t.Errorf("%s: %+v against %+v", name, its, mine)
			}
		}
	})
}

func own(t *testing.T) ratelimit.Limiter {
	l, err := ratelimit.New(ratelimit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSnapshotOfALimiterThatHasNone(t *testing.T) {
	if s, ok := newHarness(t, nil, unlimited).RateLimit(); ok {
		t.Errorf("the snapshot is %+v", s)
	}
}

// The key of one organisation is not sent to another, however its host is named.
func TestCloneForAnotherHostNeedsACredential(t *testing.T) {
	for _, base := range []string{
		"https://b.api.kustomerapp.com", "https://api.kustomerapp.com", "https://acme.api.kustomerapp.com:8443", "https://acme.api.kustomerapp.com/eu",
		"http://localhost", "https://acme.api.kustomerapp.com.", "https://xn--acme.api.kustomerapp.com",
	} {
		first := newClient(t, nil)
		if c, err := first.Clone(client.WithBaseURL(base)); err == nil || c != nil || !strings.Contains(err.Error(), "a credential of its own") {
			t.Errorf("%s: %v", base, err)
		}
		if _, err := first.Clone(client.WithBaseURL(base), client.WithAPIKey("b")); err != nil {
			t.Errorf("%s: %v", base, err)
		}
		if _, err := first.Clone(client.WithBaseURL(base), client.WithTokenSource(fixedToken{"b"})); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	for _, same := range []client.Option{
		client.WithOrg("acme"), client.WithOrg("ACME"), client.WithBaseURL("https://acme.api.kustomerapp.com"), client.WithBaseURL("HTTPS://Acme.api.kustomerapp.com:443/"),
	} {
		if _, err := newClient(t, nil).Clone(same); err != nil {
			t.Error(err)
		}
	}
	local, err := client.New(client.WithBaseURL("http://127.0.0.1:80"), client.WithAPIKey("k"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := local.Clone(client.WithBaseURL("http://127.0.0.1/")); err != nil {
		t.Error(err)
	}
	if _, err := local.Clone(client.WithBaseURL("https://127.0.0.1:80")); err == nil {
		t.Error("another scheme is taken for the same host")
	}
}

// A clone keeps the reserve of the first while it shares the limiter. A clone for another host has the default one.
func TestCloneKeepsTheReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, reserve(0.5))
		away := clone(t, r.Client, client.WithOrg("other"), client.WithAPIKey("other"))
		for _, test := range []struct {
			c       *client.Client
			reserve int
		}{{clone(t, r.Client), 500}, {clone(t, away, client.WithBaseURL(r.srv.URL), client.WithAPIKey(kustomertest.APIKey)), 50}, {clone(t, r.Client, reserve(0.1)), 100}, {clone(t, clone(t, r.Client, reserve(0.1))), 100}} {
			if _, err := read(t, test.c); err != nil {
				t.Fatal(err)
			}
			if s, _ := test.c.RateLimit(); s.Reserve != test.reserve {
				t.Errorf("the reserve is %d, want %d", s.Reserve, test.reserve)
			}
		}
	})
}

func TestCloneKeepsAllElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var seen []client.Event
		r := newHarness(t, nil, unlimited, client.WithTimeout(5*time.Second), client.WithUserAgent("order-sync/1"), attempts(2),
			client.WithUpdateContentType("application/json-patch+json"), client.WithoutRequestChecks(),
			client.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), onEvent(func(e client.Event) { seen = append(seen, e) }))
		c := clone(t, r.Client)
		r.srv.Fail(always(kustomertest.Delay(time.Minute)))
		start := time.Now()
		_, err := c.CreateConversationForCustomer(t.Context(), r.customer, client.ConversationCreate{ExternalID: new("o"), Priority: new(99)}, client.CallRetryCreate())
		if took := time.Since(start); r.sent() != 2 || took < 10*time.Second || took > 11*time.Second {
			t.Fatalf("%d requests in %v: %v", r.sent(), took, err)
		}
		if !strings.Contains(log.String(), "createConversationForCustomer") || len(seen) == 0 {
			t.Errorf("the log is %q, and %d events came", log.String(), len(seen))
		}
		if agent := r.srv.Requests()[0].Header.Get("User-Agent"); !strings.HasPrefix(agent, "order-sync/1 ") {
			t.Errorf("the user agent is %q", agent)
		}
		r.srv.ClearFaults()
		_, _ = c.UpdateConversationAttributes(t.Context(), r.conversation, client.ConversationUpdate{Name: client.Value("n")})
		if got := r.srv.Requests()[2].Header.Get("Content-Type"); got != "application/json-patch+json" {
			t.Errorf("the content type is %q", got)
		}
		if c.String() != r.String() {
			t.Errorf("the host is that of %s", c)
		}
	})
}

func TestCloneTakesNewSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var old, log bytes.Buffer
		r := newHarness(t, nil, client.WithLogger(slog.New(slog.NewTextHandler(&old, nil))))
		other := kustomertest.New(kustomertest.Config{Host: "api.prod2.kustomerapp.com", APIKey: "second"})
		c := clone(t, r.Client, client.WithBaseURL(other.URL), client.WithAPIKey("second"), client.WithHTTPClient(other.HTTPClient()),
			client.WithTimeout(time.Second), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}), client.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if resp, err := read(t, c); err != nil || resp.StatusCode != 200 || len(other.Requests()) != 1 || r.sent() != 0 {
			t.Errorf("%d requests to the new host, %d to the old: %v", len(other.Requests()), r.sent(), err)
		}
		other.Fail(kustomertest.Delay(time.Minute))
		if took, err := took(func() error { _, err := read(t, c); return err }); err == nil || took != time.Second || len(other.Requests()) != 2 {
			t.Errorf("after %v: %v", took, err)
		}
		if log.Len() == 0 || old.Len() > 0 {
			t.Errorf("the logs are %q and %q", log.String(), old.String())
		}
		// A key replaces a token source, and an organisation replaces a base URL.
		if c := clone(t, r.Client, client.WithOrg("other"), client.WithAPIKey("other")); c.String() != "kustomer client for https://other.api.kustomerapp.com/" {
			t.Error(c)
		}
		// The first client has not changed.
		if _, err := read(t, r.Client); err != nil || r.sent() != 1 {
			t.Error(err)
		}
	})
}

func TestCloneRefuses(t *testing.T) {
	r := newHarness(t, nil)
	for want, opts := range map[string][]client.Option{
		"option 1 is nil":                         {nil},
		"WithOrg and WithBaseURL":                 {client.WithOrg("a"), client.WithBaseURL("https://b.example")},
		"WithAPIKey and WithTokenSource":          {client.WithAPIKey("a"), client.WithTokenSource(client.TokenSourceFunc(nil))},
		"is not a name alone":                     {client.WithOrg("a.b")},
		"the retry policy has a negative number":  {client.WithRetryPolicy(client.RetryPolicy{MaxWait: -1})},
		"needs a credential of its own: give":     {client.WithOrg("b")},
		"is not https":                            {client.WithBaseURL("http://b.example")},
		"the API key is empty; the timeout -1ns ": {client.WithAPIKey(""), client.WithTimeout(-1)},
	} {
		if c, err := r.Clone(opts...); err == nil || c != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}

// A clone uses the connections of the first client.
func TestCloneSharesConnections(t *testing.T) {
	var made int
	hc := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		made++
		return testResponse{status: 200, body: `{}`}.response(r), nil
	})}
	c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithHTTPClient(hc))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, clone(t, c)); err != nil || made != 1 {
		t.Error(err)
	}
}
