package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

func TestRateLimitError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		unix := func(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }
		for _, test := range []struct {
			name   string
			header map[string]string
			scope  client.Scope
			wait   time.Duration
		}{
			{"org", map[string]string{"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": unix(42 * time.Second)}, client.ScopeOrg, 42 * time.Second},
			{"org without reset", map[string]string{"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "0"}, client.ScopeOrg, 0},
			{"reset alone", map[string]string{"X-Ratelimit-Reset": unix(42 * time.Second)}, client.ScopeOrg, 42 * time.Second},
			{"clock ahead", map[string]string{"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": unix(87 * time.Second), "Date": now.Add(45 * time.Second).UTC().Format(http.TimeFormat)}, client.ScopeOrg, 42 * time.Second},
			{"object", map[string]string{"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "7"}, client.ScopeObject, 0},
			{"no headers", nil, client.ScopeUnknown, 0},
			{"malformed", map[string]string{"X-Ratelimit-Remaining": "many", "Retry-After": "soon"}, client.ScopeUnknown, 0},
			{"retry-after", map[string]string{"Retry-After": "300"}, client.ScopeUnknown, 300 * time.Second},
			{"the longer wait", map[string]string{"X-Ratelimit-Reset": unix(42 * time.Second), "Retry-After": "50"}, client.ScopeOrg, 50 * time.Second},
			{"the longer wait, the other way", map[string]string{"X-Ratelimit-Reset": unix(42 * time.Second), "Retry-After": "5"}, client.ScopeOrg, 42 * time.Second},
		} {
			h := http.Header{}
			for k, v := range test.header {
				h.Set(k, v)
			}
			c, _ := responding(t, testResponse{429, h, `{"errors":[{"title":"Too Many Requests"}]}`})
			_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
			var limited *client.RateLimitError
			var e *client.Error
			if !errors.As(err, &limited) || !errors.As(err, &e) || !errors.Is(err, client.ErrRateLimited) {
				t.Errorf("%s: error is %v", test.name, err)
				continue
			}
			if limited.Scope != test.scope || limited.RetryAfter != test.wait || limited.Local || e.Outcome != client.OutcomeNotApplied {
				t.Errorf("%s: scope %v, wait %v", test.name, limited.Scope, limited.RetryAfter)
			}
			if strings.Contains(err.Error(), "send it again in") != (test.wait > 0) {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	})
}

// If every response has the reset time, that time does not say which limit a 429 is about.
func TestScopeWhereResetsComeAlways(t *testing.T) {
	for _, test := range []struct {
		before    string // reset time in the response before, a success
		remaining string
		want      client.Scope
	}{
		{"now", "998", client.ScopeObject},
		{"now", "0", client.ScopeOrg},
		{"now", "", client.ScopeOrg},
		{"", "998", client.ScopeOrg},
	} {
		synctest.Test(t, func(t *testing.T) {
			reset := fmt.Sprint(time.Now().Add(42 * time.Second).Unix())
			var status int
			h := http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"999"}}
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				return testResponse{status: status, header: h, body: `{"data":{"id":"c"}}`}.response(r), nil
			}))
			if status = 200; test.before != "" {
				h.Set("X-Ratelimit-Reset", reset)
			}
			if _, err := tag(t, c); err != nil {
				t.Fatal(err)
			}
			status = 429
			h.Set("X-Ratelimit-Remaining", test.remaining)
			h.Set("X-Ratelimit-Reset", reset)
			_, err := tag(t, c)
			var limited *client.RateLimitError
			if !errors.As(err, &limited) || limited.Scope != test.want {
				t.Fatalf("%+v: %v", test, err)
			}
			if ofOrg := test.want == client.ScopeOrg; (limited.RetryAfter == 42*time.Second) != ofOrg || strings.Contains(err.Error(), "budget") != ofOrg {
				t.Errorf("%+v: wait %v, %v", test, limited.RetryAfter, err)
			}
		})
	}
}

func TestOutcomeOfAServersFault(t *testing.T) {
	for _, op := range operations {
		if op.safety == reading {
			continue
		}
		c, sent := responding(t, testResponse{status: 503, body: "<html>"})
		err := op.call(t.Context(), c, conversationID)
		var unknown *client.OutcomeUnknownError
		if !errors.As(err, &unknown) || !errors.Is(err, client.ErrServer) || unknown.Err.StatusCode != 503 || sent.count != 1 {
			t.Errorf("%s: error is %v after %d requests", op.ID, err, sent.count)
		}
		if !strings.Contains(err.Error(), "may have been applied") {
			t.Errorf("%s: %q does not say that it may have been applied", op.ID, err)
		}
	}
}

func TestOutcomeUnknownHasTheExternalID(t *testing.T) {
	c, _ := responding(t, testResponse{status: 500})
	_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{ExternalID: new("order-1"), ID: new(conversationID)})
	var unknown *client.OutcomeUnknownError
	if !errors.As(err, &unknown) || unknown.ExternalID != "order-1" || unknown.ID != conversationID {
		t.Fatalf("error is %+v", err)
	}
	if !strings.Contains(err.Error(), `look for the externalId "order-1"`) {
		t.Errorf("error is %q", err)
	}
}

func TestOutcomeWithoutAResponse(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	for _, test := range []struct {
		name string
		rt   transport
		want client.Outcome
	}{
		{"dial failed", func(r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GetConn("h:443")
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		}, client.OutcomeNotApplied},
		{"cut after connecting", func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("h:443")
			trace.GotConn(httptrace.GotConnInfo{})
			return nil, reset
		}, client.OutcomeUnknown},
		{"second connection failed", func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("h:443")
			trace.GotConn(httptrace.GotConnInfo{})
			trace.GetConn("h:443")
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		}, client.OutcomeUnknown},
		{"transport with another way", func(r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GetConn("h:443")
			return nil, reset
		}, client.OutcomeUnknown},
		{"transport that says nothing", func(*http.Request) (*http.Response, error) { return nil, reset }, client.OutcomeUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := tag(t, newClient(t, test.rt))
			var e *client.Error
			var unknown *client.OutcomeUnknownError
			if !errors.As(err, &e) || e.Outcome != test.want || errors.As(err, &unknown) != (test.want == client.OutcomeUnknown) {
				t.Fatalf("error is %v", err)
			}
			var op *net.OpError
			if !errors.As(err, &op) || e.StatusCode != 0 || e.Attempts != 1 {
				t.Errorf("the cause is lost: %+v", e)
			}
		})
	}
}

func TestContextEnds(t *testing.T) {
	hang := transport(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	t.Run("before", func(t *testing.T) {
		c, sent := responding(t, testResponse{status: 200})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.AppendTagsToConversation(ctx, conversationID, []string{"vip"})
		var e *client.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied || sent.count != 0 || e.Attempts != 0 {
			t.Errorf("error is %v after %d requests", err, sent.count)
		}
	})
	t.Run("in flight", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			start := time.Now()
			_, err := newClient(t, hang).CreateConversationForCustomer(ctx, customerID, client.ConversationCreate{ExternalID: new("o")})
			var unknown *client.OutcomeUnknownError
			if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &unknown) || unknown.ExternalID != "o" {
				t.Errorf("error is %v", err)
			}
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	})
	t.Run("with a cause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			cause := errors.New("the user left")
			causing := transport(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, context.Cause(r.Context())
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(cause) })
			_, err := newClient(t, causing).AppendTagsToConversation(ctx, conversationID, []string{"vip"})
			if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
				t.Errorf("error is %v", err)
			}
		})
	})
	t.Run("while an error is read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				resp := testResponse{status: 500}.response(r)
				resp.Body, resp.ContentLength = &stalling{ctx: r.Context(), start: strings.NewReader(`{"errors":[`)}, -1
				return resp, nil
			}), client.WithTimeout(time.Second))
			_, err := tag(t, c)
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, client.ErrServer) {
				t.Errorf("error is %v", err)
			}
		})
	})
	t.Run("time-out of an attempt", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, test := range []struct {
				opts []client.Option
				want time.Duration
			}{{nil, 30 * time.Second}, {[]client.Option{client.WithTimeout(time.Second)}, time.Second}} {
				start := time.Now()
				_, err := tag(t, newClient(t, hang, test.opts...))
				var unknown *client.OutcomeUnknownError
				if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &unknown) || time.Since(start) != test.want {
					t.Errorf("error is %v after %v", err, time.Since(start))
				}
			}
		})
	})
	t.Run("while the response is read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				resp := testResponse{status: 201, body: `{"data":{"id":"c1",`}.response(r)
				resp.Body, resp.ContentLength = &stalling{ctx: r.Context(), start: strings.NewReader(`{"data":{"id":"c1",`)}, -1
				return resp, nil
			}), client.WithTimeout(time.Second))
			conv, err := tag(t, c)
			if err != nil || conv.ID != "c1" || !errors.Is(conv.DecodeError(), context.DeadlineExceeded) {
				t.Errorf("got %v, %v", conv, err)
			}
		})
	})
}
