package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// An event in a log has the facts of its error, and no header or body.
func TestEventsInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		r := newHarness(t, nil, unlimited, attempts(2), s.trace())
		r.srv.Fail(
			with(kustomertest.Status(429, `{"errors":[{"title":"too many"}]}`), "Retry-After", "30", "X-Other", "of the header"),
			kustomertest.CutAfter())
		_ = r.tag(t.Context())
		var log bytes.Buffer
		for _, e := range s.all {
			slog.New(slog.NewJSONHandler(&log, nil)).Info("event", "event", e, "pointer", &e)
		}
		type event = map[string]any
		want := []event{
			{"kind": "throttled", "op": "appendTagsToConversation", "attempt": 1.0, "wait": 30e9, "status": 429.0, "scope": "object"},
			{"kind": "retried", "op": "appendTagsToConversation", "attempt": 2.0, "wait": 30e9, "status": 429.0},
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != len(want) || strings.Contains(log.String(), "of the header") {
			t.Fatalf("the log is %s", log.String())
		}
		for i, line := range lines {
			var got struct{ Event, Pointer event }
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Event, got.Pointer) {
				t.Errorf("a pointer is logged as %v", got.Pointer)
			}
			if failed, ok := got.Event["error"].(event); !ok || failed["op"] != "appendTagsToConversation" {
				t.Errorf("the error is %v", got.Event["error"])
			}
			delete(got.Event, "error")
			if !reflect.DeepEqual(got.Event, want[i]) {
				t.Errorf("the event is %v, want %v", got.Event, want[i])
			}
		}
	})
}

// slow is a limiter that takes a fixed time.
type slow struct{ time.Duration }

func (s slow) Acquire(ctx context.Context, r ratelimit.Request) (ratelimit.Permit, error) {
	time.Sleep(s.Duration)
	return ratelimit.Unlimited.Acquire(ctx, r)
}

// A wait of one millisecond is reported, a shorter one is not.
func TestShortestReportedWait(t *testing.T) {
	for d, want := range map[time.Duration]int{time.Millisecond - 1: 0, time.Millisecond: 1} {
		bubble(t, d.String(), func(t *testing.T) {
			events := 0
			c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c"}}`}, client.WithLimiter(slow{d}),
				onEvent(func(client.Event) { events++ }))
			if _, err := tag(t, c); err != nil || events != want {
				t.Errorf("%d events, %v", events, err)
			}
		})
	}
}

// seen records events and failed calls.
type seen struct {
	mu     sync.Mutex
	all    []client.Event
	failed []error  // of calls
	text   []string // of both, in order
}

// trace collects events and failed calls.
func (s *seen) trace() client.Option {
	return client.WithTrace(client.Trace{
		Call: func(ctx context.Context, info client.CallInfo) (context.Context, func(client.CallResult)) {
			return ctx, func(r client.CallResult) {
				if r.Err == nil {
					return
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				s.failed = append(s.failed, r.Err)
				s.text = append(s.text, fmt.Sprintf("failed %s attempts %d, status %d", info.Op, r.Attempts, r.StatusCode))
			}
		},
		Event: func(_ context.Context, e client.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.all = append(s.all, e)
			s.text = append(s.text, fmt.Sprintf("%s %s attempt %d, wait %.0fs, status %d, scope %s", e.Kind, e.Op, e.Attempt, e.Wait.Seconds(), e.StatusCode, e.Scope))
		},
	})
}

// lines returns the events and failed calls, without errors and with waits in whole seconds.
func (s *seen) lines() string { return strings.Join(s.text, "\n") }

func TestEvents(t *testing.T) {
	asked := func(status int) kustomertest.Fault { return with(kustomertest.Status(status, ""), "Retry-After", "30") }
	for _, test := range []struct {
		name   string
		opts   []client.Option
		faults []kustomertest.Fault
		call   func(context.Context, *harness) error
		want   string
	}{
		{"nothing", nil, nil, func(ctx context.Context, r *harness) error { return r.tag(ctx) }, ""},
		{"retried", []client.Option{unlimited}, []kustomertest.Fault{asked(503), asked(429)}, func(ctx context.Context, r *harness) error { return r.tag(ctx) }, `
retried appendTagsToConversation attempt 2, wait 30s, status 503, scope unknown
throttled appendTagsToConversation attempt 2, wait 30s, status 429, scope object
retried appendTagsToConversation attempt 3, wait 30s, status 429, scope unknown`},
		{"gave up", []client.Option{unlimited, attempts(2)}, []kustomertest.Fault{asked(503), asked(500)}, func(ctx context.Context, r *harness) error { return r.update(ctx) }, `
retried updateConversationAttributes attempt 2, wait 30s, status 503, scope unknown
failed updateConversationAttributes attempts 2, status 500`},
		{"not retried", []client.Option{unlimited}, []kustomertest.Fault{kustomertest.CutAfter()}, func(ctx context.Context, r *harness) error {
			return r.create(ctx, client.ConversationCreate{})
		}, `
failed createConversationForCustomer attempts 1, status 0`},
		{"a pause that cannot fit", []client.Option{unlimited}, []kustomertest.Fault{asked(503)}, func(ctx context.Context, r *harness) error { return r.tag(ctx, client.CallNoWait()) }, `
refused appendTagsToConversation attempt 2, wait 30s, status 503, scope unknown
failed appendTagsToConversation attempts 1, status 503`},
		{"waited by the limiter", nil, nil, func(ctx context.Context, r *harness) error {
			r.srv.Spend(1000)
			return r.tag(ctx)
		}, `
throttled appendTagsToConversation attempt 1, wait 60s, status 429, scope org
waited appendTagsToConversation attempt 2, wait 60s, status 0, scope unknown
retried appendTagsToConversation attempt 2, wait 0s, status 429, scope unknown`},
		{"refused by the limiter, then at once", nil, nil, func(ctx context.Context, r *harness) error {
			r.srv.Spend(1000)
			return errors.Join(r.tag(ctx, client.CallNoWait()), r.update(ctx, client.CallNoWait()))
		}, `
throttled appendTagsToConversation attempt 1, wait 60s, status 429, scope org
refused appendTagsToConversation attempt 2, wait 60s, status 429, scope org
failed appendTagsToConversation attempts 1, status 429
refused updateConversationAttributes attempt 1, wait 60s, status 0, scope org
failed updateConversationAttributes attempts 0, status 0`},
		{"applied, but unreadable", nil, []kustomertest.Fault{kustomertest.ReplaceBody("{}")}, func(ctx context.Context, r *harness) error {
			return r.create(ctx, client.ConversationCreate{})
		}, `
failed createConversationForCustomer attempts 1, status 201`},
	} {
		bubble(t, test.name, func(t *testing.T) {
			var s seen
			r := newHarness(t, nil, append(test.opts, s.trace())...)
			r.srv.Fail(test.faults...)
			err := test.call(t.Context(), r)
			if got := s.lines(); got != strings.TrimSpace(test.want) {
				t.Errorf("events are\n%s\nwant%s", got, test.want)
			}
			for _, e := range s.all {
				if (e.Err == nil) != (e.Kind == client.EventWaited) {
					t.Errorf("%s has the error %v", e.Kind, e.Err)
				}
			}
			for _, failed := range s.failed {
				if !errors.Is(err, failed) {
					t.Errorf("the call failed with %v, the trace has %v", err, failed)
				}
			}
		})
	}
}

// A wait that the context ends is not reported as one after which the call was allowed.
func TestWaitInVainIsNotWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		r := newHarness(t, nil, s.trace())
		r.srv.Spend(1000)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		if err := r.tag(ctx); err == nil {
			t.Fatal("no error")
		}
		want := "throttled appendTagsToConversation attempt 1, wait 60s, status 429, scope org\nfailed appendTagsToConversation attempts 1, status 429"
		if s.lines() != want {
			t.Errorf("events are\n%s", s.lines())
		}
	})
}

func TestEventsHoldNoKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		r := newHarness(t, nil, unlimited, s.trace())
		echo := kustomertest.Status(429, `{"errors":[{"title":"`+kustomertest.APIKey+`"}]}`)
		r.srv.Fail(
			kustomertest.Fault{Connection: kustomertest.ConnectionCutAfter, Err: errors.New("lost: " + kustomertest.APIKey)},
			with(echo, "X-Amz-Cf-Id", kustomertest.APIKey, "X-Echo", kustomertest.APIKey),
			kustomertest.Status(400, string(echo.Body)))
		if err := r.tag(t.Context()); err == nil {
			t.Fatal("no error")
		}
		if len(s.all) != 3 || len(s.failed) != 1 {
			t.Fatalf("events are\n%s", s.lines())
		}
		for err := s.failed[0]; err != nil; err = errors.Unwrap(err) {
			mustNotHold(t, fmt.Sprintf("%v%+v%#v", err, err, err))
		}
		for _, e := range s.all {
			for _, format := range []string{"%v", "%+v", "%#v"} {
				mustNotHold(t, fmt.Sprintf(format, e))
				for err := e.Err; err != nil; err = errors.Unwrap(err) {
					mustNotHold(t, fmt.Sprintf(format, err))
				}
			}
		}
	})
}

func mustNotHold(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, kustomertest.APIKey) {
		t.Errorf("the key is in %s", text)
	}
}

// A panic in a trace does not keep a permit.
func TestPanicInAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kind := range []client.EventKind{client.EventWaited, client.EventRetried} {
			r := newHarness(t, nil, onEvent(func(e client.Event) {
				if e.Kind == kind {
					panic("of a trace")
				}
			}))
			r.srv.Spend(1000)
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("nothing has %s", kind)
					}
				}()
				_ = r.tag(t.Context())
			}()
			if s, _ := r.RateLimit(); s.InFlight != 0 {
				t.Errorf("%d permits are lost", s.InFlight)
			}
		}
	})
}

func TestEventKindsHaveNames(t *testing.T) {
	for kind, want := range map[client.EventKind]string{
		client.EventWaited: "waited", client.EventThrottled: "throttled", client.EventRetried: "retried", client.EventRefused: "refused",
		0: "EventKind(0)", 5: "EventKind(5)",
	} {
		if kind.String() != want {
			t.Errorf("%d is %q", uint8(kind), kind)
		}
	}
}
