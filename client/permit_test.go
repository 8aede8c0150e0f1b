package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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

// oneAtATime allows one request in flight.
func oneAtATime(t *testing.T) client.Option {
	t.Helper()
	l, err := ratelimit.New(ratelimit.Config{MaxInFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	return client.WithLimiter(l)
}

// Functions that the client calls during a call may call a client on the same limiter, because no permit is held. In a
// bubble, a call that waits for itself is a deadlock.
func TestCallsFromWithinACall(t *testing.T) {
	bubble(t, "token source", func(t *testing.T) {
		r := newHarness(t, nil, oneAtATime(t))
		var err error
		minting := r.Client
		r.Client, err = r.Clone(client.WithTokenSource(client.TokenSourceFunc(func(ctx context.Context) (string, error) {
			_, err := minting.Do(ctx, "GET", "/v1/users/current", nil)
			return kustomertest.APIKey, err
		})))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.tag(t.Context()); err != nil || r.sent() != 2 {
			t.Errorf("%d requests: %v", r.sent(), err)
		}
	})
	for _, kind := range []client.EventKind{client.EventWaited, client.EventThrottled, client.EventRetried, client.EventRefused} {
		bubble(t, "trace of "+kind.String(), func(t *testing.T) {
			var r *harness
			tagged := 0
			r = newHarness(t, nil, oneAtATime(t), onEvent(func(e client.Event) {
				if e.Kind == kind && tagged == 0 {
					tagged++
					if err := r.tag(context.Background()); err != nil {
						t.Error(err)
					}
				}
			}))
			switch kind {
			case client.EventRefused:
				r.srv.Fail(with(kustomertest.Status(503, ""), "Retry-After", "30"))
				_ = r.update(t.Context(), client.CallNoWait())
			default:
				r.srv.Spend(1000)
				_ = r.update(t.Context())
			}
			if tagged != 1 {
				t.Errorf("nothing has %s", kind)
			}
		})
	}
	bubble(t, "logger", func(t *testing.T) {
		var r *harness
		h := &calling{}
		r = newHarness(t, nil, oneAtATime(t), client.WithLogger(slog.New(h)))
		h.call = func() { _ = r.tag(context.Background()) }
		if err := r.update(t.Context()); err != nil || r.sent() != 2 {
			t.Errorf("%d requests: %v", r.sent(), err)
		}
	})
}

// calling is a log handler that makes a call for the first record.
type calling struct {
	slog.Handler
	call func()
}

func (h *calling) Enabled(context.Context, slog.Level) bool { return h.call != nil }

func (h *calling) Handle(context.Context, slog.Record) error {
	call := h.call
	h.call = nil
	call()
	return nil
}

// The wait for a permit does not count against the timeout of an attempt.
func TestWaitForAPermitIsNotTheAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, &fakeOptions{Latency: func() time.Duration { return 20 * time.Second }}, oneAtATime(t))
		done := make(chan error, 3)
		for range 3 {
			go func() { done <- r.tag(context.Background()) }()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if r.sent() != 3 {
			t.Errorf("%d requests", r.sent())
		}
	})
}

// wrapping is a user's limiter around another one.
type wrapping struct{ ratelimit.Limiter }

// A limiter that wraps the adaptive one behaves like it: the same waits, errors and events.
func TestWrappedLimiterBehavesLikeTheOneInside(t *testing.T) {
	for name, faults := range map[string][]kustomertest.Fault{
		"429 of the record":       {kustomertest.Status(429, ""), kustomertest.Status(429, "")},
		"429 without headers":     {{Status: 429, Edge: true}},
		"429 with a wait":         {with(kustomertest.Status(429, ""), "Retry-After", "30")},
		"429 that does not end":   {always(with(kustomertest.Status(429, ""), "Retry-After", "5000"))},
		"503, then 429":           {kustomertest.Status(503, ""), kustomertest.Status(429, "")},
		"429 of the organisation": {with(kustomertest.Status(429, ""), "X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", "40")},
	} {
		var results []string
		for _, wrap := range []bool{false, true} {
			bubble(t, fmt.Sprint(name, "/wrapped ", wrap), func(t *testing.T) {
				var s seen
				inner, err := ratelimit.New(ratelimit.Config{})
				if err != nil {
					t.Fatal(err)
				}
				var l ratelimit.Limiter = inner
				if wrap {
					l = wrapping{inner}
				}
				r := newHarness(t, nil, client.WithLimiter(l), s.trace())
				if err := r.tag(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.srv.Fail(faults...)
				err = r.tag(t.Context(), client.CallMaxWait(50*time.Minute))
				var kinds []string
				for _, e := range s.all {
					kinds = append(kinds, fmt.Sprint(e.Kind, e.Attempt, e.StatusCode, e.Scope, e.Wait > 0))
				}
				results = append(results, fmt.Sprintf("%d requests, %T, %s", r.sent(), err, strings.Join(kinds, ", ")))
			})
		}
		if results[0] != results[1] {
			t.Errorf("%s:\n%s\nwrapped: %s", name, results[0], results[1])
		}
	}
}

// The client and the limiter classify a 429 in the same way: one without headers is about the record, if counts were seen.
func TestRefusalWithoutHeaders(t *testing.T) {
	for _, limiter := range [][]client.Option{nil, {unlimited}} {
		bubble(t, fmt.Sprint("limited ", limiter == nil), func(t *testing.T) {
			r := newHarness(t, nil, append(limiter, once)...)
			if err := r.tag(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.srv.Fail(kustomertest.Fault{Status: 429, Edge: true})
			limited, ok := errors.AsType[*client.RateLimitError](r.tag(t.Context()))
			if !ok || limited.Scope != client.ScopeObject {
				t.Errorf("error is %+v", limited)
			}
			if s, ok := r.RateLimit(); ok && (len(s.Blocked) != 1 || s.Blocked[0].ID != r.conversation) {
				t.Errorf("the limiter holds %+v", s.Blocked)
			}
		})
	}
}

// A 401 is retried once, if the token source then returns another token.
func TestTokenIsReadAgainAfterA401(t *testing.T) {
	for _, test := range []struct {
		name   string
		tokens []string // the last one is returned from then on
		sent   int
		ok     bool
	}{
		{"rotated", []string{"old", "new"}, 2, true},
		{"rotated for a create", []string{"old", "new"}, 2, true},
		{"the same", []string{"old", "old", "new"}, 1, false},
		{"twice", []string{"old", "older", "new"}, 2, false},
		{"gone", []string{"old", ""}, 1, false},
	} {
		bubble(t, test.name, func(t *testing.T) {
			asked := 0
			r := newHarness(t, nil)
			r.srv.AcceptKey("new")
			var err error
			r.Client, err = r.Clone(client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
				token := test.tokens[min(asked, len(test.tokens)-1)]
				asked++
				if token == "" {
					return "", errors.New("sealed")
				}
				return token, nil
			})))
			if err != nil {
				t.Fatal(err)
			}
			took, err := took(func() error {
				if strings.Contains(test.name, "create") {
					return r.create(t.Context(), client.ConversationCreate{})
				}
				return r.tag(t.Context())
			})
			if (err == nil) != test.ok || r.sent() != test.sent || took > 0 {
				t.Errorf("after %v and %d requests: %v", took, r.sent(), err)
			}
			if err != nil && (!errors.Is(err, client.ErrUnauthorized) || test.name == "gone" && !strings.Contains(err.Error(), "sealed")) {
				t.Errorf("error is %v", err)
			}
		})
	}
	bubble(t, "a key that cannot change", func(t *testing.T) {
		r := newHarness(t, nil)
		r.srv.ExpireKey(kustomertest.APIKey)
		if err := r.tag(t.Context()); !errors.Is(err, client.ErrUnauthorized) || r.sent() != 1 {
			t.Errorf("%d requests: %v", r.sent(), err)
		}
	})
}

// A 403 that is about a limit does not get the hint about a missing role.
func TestForbiddenByALimit(t *testing.T) {
	for name, test := range map[string]struct {
		header http.Header
		want   string
	}{
		"Retry-After":    {http.Header{"Retry-After": {"30"}}, "send it again in 30s"},
		"nothing left":   {http.Header{"X-Ratelimit-Remaining": {"0"}}, "budget of requests is spent"},
		"HTML":           {http.Header{"Retry-After": {"30"}, "Content-Type": {"text/html"}}, "send it again in 30s"},
		"no wait":        {http.Header{"Retry-After": {"0"}}, "lacks the role"},
		"budget is left": {http.Header{"X-Ratelimit-Remaining": {"7"}}, "lacks the role"},
	} {
		c, _ := responding(t, testResponse{403, test.header, ""})
		_, err := tag(t, c)
		if got, e := kind(err); got != "error" || e.Outcome != client.OutcomeNotApplied || !strings.Contains(e.Hint, test.want) || strings.Contains(e.Hint, "role") != strings.Contains(test.want, "role") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A browser hides a redirect that it does not follow.
func TestHiddenRedirect(t *testing.T) {
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(nil)), Request: r}, nil
	}))
	_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
	if got, _ := kind(err); got != "unknown" || !strings.Contains(err.Error(), "redirect") {
		t.Errorf("error is %v", err)
	}
}
