package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestEachAttemptHasATokenAndTheWholeBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		asked := 0
		c, err := r.Clone(client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
			asked++
			key := fmt.Sprintf("key-%d", asked)
			r.srv.AcceptKey(key)
			if asked > 1 {
				r.srv.ExpireKey(fmt.Sprintf("key-%d", asked-1))
			}
			return key, nil
		})))
		if err != nil {
			t.Fatal(err)
		}
		r.srv.Fail(kustomertest.Status(429, ""), kustomertest.CutBefore(), kustomertest.Status(503, ""), kustomertest.RefuseConnection())
		conv, err := c.AppendTagsToConversation(t.Context(), r.conversation, []string{"vip", "damaged parcel"})
		if err != nil || conv.Attempts != 5 {
			t.Fatal(err)
		}
		requests := r.srv.Requests()
		if asked != len(requests) {
			t.Errorf("the token was asked for %d times for %d requests", asked, len(requests))
		}
		for i, q := range requests {
			if !bytes.Equal(q.Body, requests[0].Body) || len(q.Body) == 0 {
				t.Errorf("the body of attempt %d is %q", i+1, q.Body)
			}
		}
	})
}

// If the policy has no MaxAttempts, a 429 does not count towards the default number of attempts. Attempts counts all of
// them.
func TestAttemptsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited, onlyWriter)
		throttled := kustomertest.Status(429, "")
		throttled.Times = 10
		r.srv.Fail(throttled, kustomertest.Status(503, ""), kustomertest.Status(429, ""), kustomertest.Status(503, ""))
		conv, err := r.AppendTagsToConversation(t.Context(), r.conversation, []string{"vip"})
		if err != nil || conv.Attempts != 14 || r.sent() != 14 {
			t.Fatalf("%d requests: %v", r.sent(), err)
		}
		resp, err := r.Do(t.Context(), "GET", "/v1/users/current", nil)
		if err != nil || resp.Attempts != 1 {
			t.Errorf("%+v, %v", resp, err)
		}
		r.srv.Fail(always(kustomertest.Status(503, "")))
		err = r.tag(t.Context())
		if _, e := kind(err); e == nil || e.Attempts != 4 {
			t.Error(err)
		}
	})
}

func TestDefaultPolicyIsFourAttempts(t *testing.T) {
	for name, opts := range map[string][]client.Option{"default": nil, "zero": {attempts(0)}} {
		bubble(t, name, func(t *testing.T) {
			r := newHarness(t, nil, append(opts, unlimited)...)
			r.srv.Fail(always(kustomertest.Status(503, "")))
			if r.tag(t.Context()); r.sent() != 4 {
				t.Errorf("%d requests", r.sent())
			}
		})
	}
}

// MaxAttempts counts all attempts, with any response. So 4 is not the default.
func TestAttemptsStayWithinTheCap(t *testing.T) {
	throttled, failing := kustomertest.Status(429, ""), kustomertest.Status(503, "")
	for name, faults := range map[string][]kustomertest.Fault{
		"429":   {always(throttled)},
		"mixed": {throttled, failing, always(throttled)},
	} {
		for _, test := range []struct {
			name string
			opts []client.Option
			sent map[string]int
		}{
			{"default", []client.Option{onlyWriter}, map[string]int{"429": 26, "mixed": 27}},
			{"1", []client.Option{attempts(1)}, map[string]int{"429": 1, "mixed": 1}},
			{"2", []client.Option{attempts(2)}, map[string]int{"429": 2, "mixed": 2}},
			{"4", []client.Option{attempts(4)}, map[string]int{"429": 4, "mixed": 4}},
			{"30", []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 30, RetryWindow: 24 * time.Hour})}, map[string]int{"429": 30, "mixed": 30}},
		} {
			for _, limiter := range [][]client.Option{nil, {unlimited}} {
				bubble(t, fmt.Sprint(name, "/", test.name, "/limited ", limiter == nil), func(t *testing.T) {
					r := newHarness(t, nil, append(limiter, test.opts...)...)
					r.Client = clone(t, r.Client)
					r.srv.Fail(faults...)
					err := r.tag(t.Context())
					if _, e := kind(err); e == nil || e.Attempts != test.sent[name] || r.sent() != test.sent[name] {
						t.Errorf("%d requests: %v", r.sent(), err)
					}
				})
			}
		}
	}
}

// A read whose response is cut off is retried; one whose response is too long is not.
func TestReadsThatBreakOff(t *testing.T) {
	bubble(t, "cut", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(kustomertest.TruncateBody(10))
		resp, err := r.Do(t.Context(), "GET", "/v1/users/current", nil)
		if err != nil || resp.Attempts != 2 || resp.Decode(new(any)) != nil {
			t.Error(err)
		}
	})
	bubble(t, "too long", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(always(kustomertest.ReplaceBody(string(bytes.Repeat([]byte(" "), 8<<20+1)))))
		_, err := r.Do(t.Context(), "GET", "/v1/users/current", nil)
		if got, e := kind(err); got != "error" || e.Outcome != client.OutcomeNotApplied || r.sent() != 1 {
			t.Errorf("%d requests: %v", r.sent(), err)
		}
	})
	bubble(t, "a write", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(kustomertest.TruncateBody(10))
		if err := r.tag(t.Context()); err != nil || r.sent() != 1 {
			t.Errorf("%d requests: %v", r.sent(), err)
		}
	})
	bubble(t, "a create", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(kustomertest.TruncateBody(10))
		err := r.create(t.Context(), client.ConversationCreate{})
		if _, e := kind(err); e == nil || e.Outcome != client.OutcomeApplied || r.sent() != 1 {
			t.Errorf("%d requests: %v", r.sent(), err)
		}
	})
}

// If the token source fails before a retry, the error still says what the first attempt may have done.
func TestNoTokenForTheRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sealed := errors.New("vault is sealed")
		asked := 0
		srv := kustomertest.New(kustomertest.Config{})
		c, err := client.New(client.WithBaseURL(srv.URL), client.WithHTTPClient(srv.HTTPClient()),
			client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
				if asked++; asked > 1 {
					return "", sealed
				}
				return kustomertest.APIKey, nil
			})))
		if err != nil {
			t.Fatal(err)
		}
		srv.Fail(kustomertest.CutAfter())
		_, err = c.AppendTagsToConversation(t.Context(), srv.AddConversation(srv.AddCustomer()), []string{"vip"})
		got, e := kind(err)
		if got != "unknown" || e.Attempts != 1 || !errors.Is(err, sealed) || len(srv.Requests()) != 1 {
			t.Errorf("error is %v", err)
		}
		if s, _ := c.RateLimit(); s.InFlight != 0 {
			t.Errorf("%d permits are lost", s.InFlight)
		}
	})
}
