package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// An update or tags are repeated soon after the first attempt that may have been applied, or not at all, so that a later
// change of somebody else stays.
func TestRetryWindow(t *testing.T) {
	window := func(d time.Duration) client.Option {
		return client.WithRetryPolicy(client.RetryPolicy{RetryWindow: d})
	}
	asks := func(seconds string) kustomertest.Fault {
		f := with(kustomertest.Status(503, ""), "Retry-After", seconds)
		f.Apply = true
		return f
	}
	slow := kustomertest.Status(503, "")
	slow.DelayAfter = 25 * time.Second
	for _, test := range []struct {
		name   string
		opts   []client.Option
		faults []kustomertest.Fault
		sent   int // of an update and of tags, which then fail
		fine   bool
	}{
		{"within", nil, []kustomertest.Fault{asks("59")}, 2, true},
		{"at its end", nil, []kustomertest.Fault{asks("60")}, 2, true},
		{"after it", nil, []kustomertest.Fault{asks("61")}, 1, false},
		{"counted from the first attempt", nil, []kustomertest.Fault{asks("40"), asks("21")}, 2, false},
		{"counted from the start of an attempt", nil, []kustomertest.Fault{with(slow, "Retry-After", "36")}, 1, false},
		{"counted from the first that may have been applied", nil, []kustomertest.Fault{with(kustomertest.Status(429, ""), "Retry-After", "50"), asks("40")}, 3, true},
		{"shorter", []client.Option{window(5 * time.Second)}, []kustomertest.Fault{asks("6")}, 1, false},
		{"longer", []client.Option{window(time.Hour)}, []kustomertest.Fault{asks("3000")}, 2, true},
		{"never", []client.Option{window(-1)}, []kustomertest.Fault{asks("0")}, 1, false},
		{"never, though a 429 is retried", []client.Option{window(-1)}, []kustomertest.Fault{kustomertest.Status(429, "")}, 2, true},
		{"by a 429 afterwards", nil, []kustomertest.Fault{kustomertest.CutAfter(), with(kustomertest.Status(429, ""), "Retry-After", "90")}, 2, false},
	} {
		for op, call := range map[string]func(context.Context, *harness) error{
			"update": func(ctx context.Context, r *harness) error { return r.update(ctx) },
			"tags":   func(ctx context.Context, r *harness) error { return r.tag(ctx) },
		} {
			for _, limiter := range [][]client.Option{nil, {unlimited}} {
				bubble(t, test.name+"/"+op, func(t *testing.T) {
					r := newHarness(t, nil, append(limiter, test.opts...)...)
					r.srv.Fail(test.faults...)
					start := time.Now()
					err := call(t.Context(), r)
					if r.sent() != test.sent {
						t.Fatalf("%d requests: %v", r.sent(), err)
					}
					if test.fine {
						if err != nil {
							t.Error(err)
						}
						return
					}
					requests := r.srv.Requests()
					if got, _ := kind(err); got != "unknown" || !strings.Contains(err.Error(), "read back") {
						t.Errorf("error is %v", err)
					}
					// It fails at once, without a useless wait.
					if waited := time.Since(requests[len(requests)-1].Time); waited > 26*time.Second {
						t.Errorf("failed %v after the last attempt, %v after the first", waited, time.Since(start))
					}
				})
			}
		}
	}
}

// The window does not limit reads, because they change nothing. It does not limit creates, because a second create is wrong at
// any time.
func TestRetryWindowIsForUpdatesAndTags(t *testing.T) {
	for name, call := range map[string]func(context.Context, *harness) error{
		"read": func(ctx context.Context, r *harness) error {
			_, err := r.Do(ctx, "GET", "/v1/users/current", nil)
			return err
		},
		"create": func(ctx context.Context, r *harness) error {
			return r.create(ctx, client.ConversationCreate{ExternalID: new("o")}, client.CallRetryCreate())
		},
	} {
		bubble(t, name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited, client.WithRetryPolicy(client.RetryPolicy{RetryWindow: -1}))
			r.srv.Fail(with(kustomertest.Status(503, ""), "Retry-After", "300"))
			if err := call(t.Context(), r); err != nil || r.sent() != 2 {
				t.Errorf("%d requests: %v", r.sent(), err)
			}
		})
	}
}

// Nothing is repeated after the window, with any result of the attempts.
func TestAgentsChangeStays(t *testing.T) {
	bubble(t, "update", func(t *testing.T) {
		r := newHarness(t, nil)
		f := kustomertest.CutAfter()
		f.DelayAfter = 25 * time.Second
		r.srv.Fail(always(f))
		time.AfterFunc(time.Minute+time.Nanosecond, func() {
			if err := r.srv.EditConversation(r.conversation, func(a map[string]any) { a["name"] = "agent" }); err != nil {
				t.Error(err)
			}
		})
		err := r.update(t.Context())
		time.Sleep(time.Hour)
		if conv, _ := r.srv.Conversation(r.conversation); conv.Attributes.Name != "agent" {
			t.Errorf("after %d requests the name is %q: %v", r.sent(), conv.Attributes.Name, err)
		}
	})
}

// askedFor records the requests to a limiter, and allows all.
type askedFor struct{ requests []ratelimit.Request }

func (l *askedFor) Acquire(_ context.Context, r ratelimit.Request) (ratelimit.Permit, error) {
	l.requests = append(l.requests, r)
	return l, nil
}

func (l *askedFor) Done(ratelimit.Result) {}

// The limiter gets the maximum wait of a repeat.
func TestLimiterGetsTheWindowOfARepeat(t *testing.T) {
	bubble(t, "tags", func(t *testing.T) {
		l := new(askedFor)
		r := newHarness(t, nil, client.WithLimiter(l))
		r.srv.Fail(with(kustomertest.Status(429, ""), "Retry-After", "10"), with(kustomertest.Status(503, ""), "Retry-After", "20"))
		if err := r.tag(t.Context()); err != nil || len(l.requests) != 3 {
			t.Fatalf("%+v: %v", l.requests, err)
		}
		for i, want := range []struct {
			retry bool
			wait  time.Duration
		}{{false, 0}, {false, 0}, {true, 40 * time.Second}} {
			if got := l.requests[i]; got.Retry != want.retry || got.MaxWait != want.wait {
				t.Errorf("attempt %d: %+v, want %+v", i+1, got, want)
			}
		}
	})
}

// late is a limiter that refuses every request but the first, with a wait.
type late struct{ asked int }

func (l *late) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) {
	if l.asked++; l.asked == 2 {
		return nil, &ratelimit.WaitError{Wait: 90 * time.Second}
	}
	return l, nil
}

func (l *late) Done(ratelimit.Result) {}

func TestBudgetThatComesTooLateForTheRepeat(t *testing.T) {
	bubble(t, "update", func(t *testing.T) {
		r := newHarness(t, nil, client.WithLimiter(new(late)))
		r.srv.Fail(kustomertest.CutAfter())
		err := r.update(t.Context())
		var held *ratelimit.WaitError
		if got, _ := kind(err); got != "unknown" || !errors.As(err, &held) || !strings.Contains(err.Error(), "could undo what somebody else has changed") {
			t.Errorf("error is %v", err)
		}
	})
}

// A slow token source does not delay a repeat beyond the window.
func TestTokenThatComesTooLateForTheRepeat(t *testing.T) {
	bubble(t, "tags", func(t *testing.T) {
		r := newHarness(t, nil)
		asked := 0
		var err error
		r.Client, err = r.Clone(client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
			if asked++; asked > 1 {
				time.Sleep(20 * time.Second)
			}
			return kustomertest.APIKey, nil
		})))
		if err != nil {
			t.Fatal(err)
		}
		r.srv.Fail(with(kustomertest.Status(503, ""), "Retry-After", "50"))
		if got, _ := kind(r.tag(t.Context())); got != "unknown" || r.sent() != 1 {
			t.Errorf("%s after %d requests", got, r.sent())
		}
	})
	bubble(t, "a limiter that does not know of it", func(t *testing.T) {
		r := newHarness(t, nil, client.WithLimiter(slowLimiter(70*time.Second)))
		r.srv.Fail(kustomertest.CutAfter())
		if got, _ := kind(r.tag(t.Context())); got != "unknown" || r.sent() != 1 {
			t.Errorf("%s after %d requests", got, r.sent())
		}
	})
}

// slowLimiter is a limiter that takes a fixed time for each permit and ignores MaxWait.
type slowLimiter time.Duration

func (l slowLimiter) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) {
	time.Sleep(time.Duration(l))
	return l, nil
}

func (slowLimiter) Done(ratelimit.Result) {}
