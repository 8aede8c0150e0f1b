package client_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Once an attempt may have been applied, only a success makes the outcome known. With any other result of a later attempt
// it stays unknown, and the error is that of the last attempt.
func TestAmbiguityStays(t *testing.T) {
	for _, test := range []struct {
		name     string
		then     kustomertest.Fault
		status   int
		is       error
		attempts int
	}{
		{"then 400", kustomertest.Status(400, ""), 400, client.ErrBadRequest, 2},
		{"then 401", kustomertest.Status(401, ""), 401, client.ErrUnauthorized, 2},
		{"then 404", kustomertest.Status(404, ""), 404, client.ErrNotFound, 2},
		{"then 409", kustomertest.Status(409, ""), 409, client.ErrConflict, 2},
		{"then 429 without end", always(kustomertest.Status(429, "")), 429, client.ErrRateLimited, 27},
		{"then no connection", always(kustomertest.RefuseConnection()), 0, nil, 4},
		{"then 501", kustomertest.Status(501, ""), 501, client.ErrServer, 2},
		{"then a redirect", kustomertest.Status(302, ""), 302, nil, 2},
	} {
		for _, first := range []kustomertest.Fault{kustomertest.CutAfter(), kustomertest.Status(503, "")} {
			for _, op := range []string{"tags", "create"} {
				bubble(t, op+"/"+first.String()+"/"+test.name, func(t *testing.T) {
					r := newHarness(t, nil, unlimited, onlyWriter)
					r.srv.Fail(first, test.then)
					var err error
					var externalID string
					if op == "tags" {
						err = r.tag(t.Context())
					} else {
						externalID = "order-7"
						err = r.create(t.Context(), client.ConversationCreate{ExternalID: &externalID}, client.CallRetryCreate())
					}
					unknown, ok := errors.AsType[*client.OutcomeUnknownError](err)
					if !ok || unknown.ExternalID != externalID || unknown.Err.Outcome != client.OutcomeUnknown || unknown.Err.StatusCode != test.status || unknown.Err.Attempts != test.attempts || r.sent() != test.attempts {
						t.Fatalf("after %d requests: %v", r.sent(), err)
					}
					if test.is != nil && !errors.Is(err, test.is) {
						t.Errorf("the error does not match that of the last response: %v", err)
					}
					items := test.status >= 400 && test.status != 501
					if items && len(unknown.Err.Items) == 0 {
						t.Error("the server's items are lost")
					}
					hinted := strings.Contains(err.Error(), "probably succeeded")
					if hinted != (op == "create" && (test.status == 400 || test.status == 409)) {
						t.Errorf("the hint is %q", unknown.Err.Hint)
					}
				})
			}
		}
	}
}

func TestSuccessClearsTheDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, &fakeOptions{IdempotentExternalIDs: true})
		r.srv.Fail(kustomertest.CutAfter(), kustomertest.Status(500, ""), kustomertest.Status(429, ""))
		conv, err := r.CreateConversationForCustomer(t.Context(), r.customer, client.ConversationCreate{ExternalID: new("o")}, client.CallRetryCreate())
		if err != nil || conv.Attempts != 4 {
			t.Fatal(conv, err)
		}
		if n, _ := r.state(); n != 2 {
			t.Errorf("there are %d conversations", n)
		}
	})
}

// The server may refuse the repeat of a create that was applied.
func TestRepeatedCreateThatIsRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		fake   *fakeOptions
		create client.ConversationCreate
	}{
		{"externalId", &fakeOptions{UniqueExternalIDs: true}, client.ConversationCreate{ExternalID: new("order-7")}},
		{"id", nil, client.ConversationCreate{ID: new(conversationID)}},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, test.fake)
			r.srv.Fail(kustomertest.CutAfter())
			err := r.create(t.Context(), test.create, client.CallRetryCreate())
			unknown, ok := errors.AsType[*client.OutcomeUnknownError](err)
			if !ok || !errors.Is(err, client.ErrConflict) || len(unknown.Err.Items) == 0 || unknown.Err.Attempts != 2 {
				t.Fatal(err)
			}
			if id, external := test.create.ID, test.create.ExternalID; id != nil && unknown.ID != *id || external != nil && unknown.ExternalID != *external {
				t.Errorf("the error carries %q and %q", unknown.ID, unknown.ExternalID)
			}
			if !strings.Contains(err.Error(), "an attempt before this one probably succeeded") || !strings.Contains(err.Error(), "look for the") {
				t.Errorf("no hint in %v", err)
			}
			if n, _ := r.state(); n != 2 {
				t.Errorf("there are %d conversations", n)
			}
		})
	}
	// A 409 to the first attempt is a conflict.
	bubble(t, "without doubt", func(t *testing.T) {
		r := newHarness(t, nil)
		err := r.create(t.Context(), client.ConversationCreate{ID: &r.conversation}, client.CallRetryCreate())
		if got, e := kind(err); got != "error" || e.Outcome != client.OutcomeNotApplied || strings.Contains(err.Error(), "probably succeeded") {
			t.Error(err)
		}
	})
}

func TestContextEndsInMidFlight(t *testing.T) {
	for _, op := range []struct {
		name string
		call func(context.Context, *harness) error
		kind string
	}{
		{"tags", func(ctx context.Context, r *harness) error { return r.tag(ctx) }, "unknown"},
		{"update", func(ctx context.Context, r *harness) error { return r.update(ctx) }, "unknown"},
		{"create", func(ctx context.Context, r *harness) error {
			return r.create(ctx, client.ConversationCreate{ExternalID: new("o")}, client.CallRetryCreate())
		}, "unknown"},
		{"read", func(ctx context.Context, r *harness) error {
			_, err := r.Do(ctx, "GET", "/v1/users/current", nil)
			return err
		}, "error"},
	} {
		for _, f := range []kustomertest.Fault{kustomertest.Delay(time.Minute), kustomertest.DelayAfter(time.Minute)} {
			bubble(t, op.name+"/"+f.String(), func(t *testing.T) {
				r := newHarness(t, nil)
				r.srv.Fail(f)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				took, err := took(func() error { return op.call(ctx, r) })
				if got, _ := kind(err); got != op.kind || took != 3*time.Second || r.sent() != 1 || !errors.Is(err, context.Canceled) {
					t.Errorf("after %v and %d requests: %v", took, r.sent(), err)
				}
			})
		}
	}
}

// refusing is a limiter that refuses all requests but the first.
type refusing struct{ asked int }

func (l *refusing) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) {
	if l.asked++; l.asked > 1 {
		return nil, &ratelimit.WaitError{Wait: 42 * time.Second, Scope: ratelimit.ScopeObject}
	}
	return l, nil
}

func (l *refusing) Done(ratelimit.Result) {}

// If the limiter refuses the repeat, the outcome is that of the first attempt.
func TestLimiterRefusesTheRepeat(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault kustomertest.Fault
		kind  string
		is    error
	}{
		{"cut", kustomertest.CutAfter(), "unknown", io.ErrUnexpectedEOF},
		{"503", kustomertest.Status(503, ""), "unknown", client.ErrServer},
		{"dial", kustomertest.RefuseConnection(), "rate limit", client.ErrRateLimited},
		{"429", kustomertest.Status(429, ""), "rate limit", client.ErrRateLimited},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, nil, client.WithLimiter(new(refusing)))
			r.srv.Fail(test.fault)
			err := r.tag(t.Context())
			got, e := kind(err)
			var held *ratelimit.WaitError
			if got != test.kind || !errors.Is(err, test.is) || !errors.As(err, &held) || held.Wait != 42*time.Second || e.Attempts != 1 || r.sent() != 1 {
				t.Fatal(err)
			}
			if limited, ok := errors.AsType[*client.RateLimitError](err); ok && (limited.RetryAfter != 42*time.Second || limited.Scope != client.ScopeObject || limited.Local) {
				t.Errorf("the error is %+v", limited)
			}
		})
	}
	bubble(t, "after an unknown one and a 429", func(t *testing.T) {
		r := newHarness(t, nil, reserve(0))
		r.srv.Fail(kustomertest.CutAfter())
		r.srv.Spend(999)
		err := r.tag(t.Context(), client.CallMaxWait(2*time.Second))
		unknown, ok := errors.AsType[*client.OutcomeUnknownError](err)
		if !ok || unknown.Err.StatusCode != 429 || unknown.Err.Outcome != client.OutcomeUnknown {
			t.Errorf("error is %v", err)
		}
	})
}

func TestFirstErrorIsNotChangedByTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []client.Event
		r := newHarness(t, nil, unlimited, onEvent(func(e client.Event) { seen = append(seen, e) }))
		r.srv.Fail(with(kustomertest.Status(429, ""), "Retry-After", "30"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.tag(ctx)
		if strings.Contains(seen[0].Err.Error(), "sent again") || !strings.Contains(err.Error(), "sent again") {
			t.Errorf("the event holds %v", seen[0].Err)
		}
	})
}
