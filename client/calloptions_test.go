package client_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// asked is a limiter that records the requests for a permit.
type asked struct{ all []ratelimit.Request }

func (a *asked) Acquire(_ context.Context, r ratelimit.Request) (ratelimit.Permit, error) {
	a.all = append(a.all, r)
	return a, nil
}

func (*asked) Done(ratelimit.Result) {}

func TestNilContextIsRefused(t *testing.T) {
	r := newHarness(t, nil)
	var none context.Context
	_, do := r.Do(none, "GET", "/v1/users/current", nil)
	for op, err := range map[string]error{
		"tags": r.tag(none), "update": r.update(none, client.CallNoWait()), "create": r.create(none, client.ConversationCreate{}), "Do": do,
	} {
		invalid, ok := errors.AsType[*client.ValidationError](err)
		if !ok || len(invalid.Violations) != 1 || invalid.Violations[0].Field != "ctx" || r.sent() > 0 {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func TestBadCallOptionsAreRefused(t *testing.T) {
	r := newHarness(t, nil)
	for name, opt := range map[string]client.CallOption{"nil": nil, "no time": client.CallMaxWait(0), "negative time": client.CallMaxWait(-time.Second)} {
		_, do := r.Do(t.Context(), "GET", "/v1/users/current", nil, opt)
		for op, err := range map[string]error{
			"tags": r.tag(t.Context(), opt), "update": r.update(t.Context(), opt), "create": r.create(t.Context(), client.ConversationCreate{}, opt), "Do": do,
		} {
			invalid, ok := errors.AsType[*client.ValidationError](err)
			if !ok || len(invalid.Violations) != 1 || invalid.Violations[0].Field != "options" {
				t.Errorf("%s, %s: %v", name, op, err)
			}
		}
	}
	// All problems are reported at once, also if the arguments are not checked.
	lenient := harness{Client: clone(t, r.Client, client.WithoutRequestChecks()), srv: r.srv, conversation: ".."}
	invalid, ok := errors.AsType[*client.ValidationError](lenient.tag(t.Context(), nil, client.CallMaxWait(0)))
	if !ok || len(invalid.Violations) != 3 {
		t.Errorf("the error is %v", invalid)
	}
	if r.sent() != 0 {
		t.Errorf("%d requests were sent", r.sent())
	}
}

// The limiter gets the options of a call.
func TestLimiterGetsTheOptionsOfACall(t *testing.T) {
	policy := client.WithRetryPolicy(client.RetryPolicy{MaxWait: time.Hour})
	for _, test := range []struct {
		name string
		opts []client.Option
		call []client.CallOption
		want ratelimit.Request
	}{
		{"nothing", nil, nil, ratelimit.Request{}},
		{"policy", []client.Option{policy}, nil, ratelimit.Request{MaxWait: time.Hour}},
		{"call", nil, []client.CallOption{client.CallMaxWait(time.Minute)}, ratelimit.Request{MaxWait: time.Minute}},
		{"call before policy", []client.Option{policy}, []client.CallOption{client.CallMaxWait(2 * time.Hour)}, ratelimit.Request{MaxWait: 2 * time.Hour}},
		{"no wait", []client.Option{policy}, []client.CallOption{client.CallNoWait()}, ratelimit.Request{MaxWait: -1}},
		{"the last one counts", nil, []client.CallOption{client.CallNoWait(), client.CallMaxWait(time.Minute)}, ratelimit.Request{MaxWait: time.Minute}},
		{"background", nil, []client.CallOption{client.CallBackground()}, ratelimit.Request{Background: true}},
	} {
		bubble(t, test.name, func(t *testing.T) {
			l := new(asked)
			r := newHarness(t, nil, append(test.opts, client.WithLimiter(l))...)
			test.want.Op, test.want.Object = "appendTagsToConversation", r.conversation
			if err := r.tag(t.Context(), test.call...); err != nil || l.all[0] != test.want {
				t.Errorf("asked for %+v, want %+v: %v", l.all[0], test.want, err)
			}
		})
	}
}

// The time that a call has waited reduces the time that it may still wait.
func TestLimiterGetsTheRemainingWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(asked)
		r := newHarness(t, nil, client.WithLimiter(l))
		r.srv.Fail(with(retryable, "Retry-After", "30"), with(retryable, "Retry-After", "30"))
		if err := r.tag(t.Context(), client.CallMaxWait(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if len(l.all) != 3 {
			t.Fatalf("the limiter was asked %d times", len(l.all))
		}
		for i, want := range []time.Duration{time.Minute, 30 * time.Second, -1} {
			if got := l.all[i].MaxWait; got != want {
				t.Errorf("attempt %d may wait %v, want %v", i+1, got, want)
			}
		}
	})
}

var retryable = kustomertest.Status(503, "")

// CallRetryCreate changes nothing for a create without an id, or for another call.
func TestCallOptionsAreForOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(retryable, retryable)
		if err := r.create(t.Context(), client.ConversationCreate{ExternalID: new("a")}, client.CallRetryCreate()); err != nil || r.sent() != 3 {
			t.Fatalf("%d requests: %v", r.sent(), err)
		}
		r.srv.Fail(retryable)
		if got, _ := kind(r.create(t.Context(), client.ConversationCreate{ExternalID: new("b")})); got != "unknown" || r.sent() != 4 {
			t.Errorf("%d requests: %s", r.sent(), got)
		}
	})
}
