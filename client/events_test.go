package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// seen are the events of an observer.
type seen struct {
	mu  sync.Mutex
	all []client.Event
}

func (s *seen) observe(e client.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, e)
}

// lines are the events, without errors and with waits in whole seconds.
func (s *seen) lines() string {
	var lines []string
	for _, e := range s.all {
		lines = append(lines, fmt.Sprintf("%s %s attempt %d, wait %.0fs, status %d, scope %s", e.Kind, e.Op, e.Attempt, e.Wait.Seconds(), e.StatusCode, e.Scope))
	}
	return strings.Join(lines, "\n")
}

func TestEvents(t *testing.T) {
	asked := func(status int) kustomertest.Fault { return with(kustomertest.Status(status, ""), "Retry-After", "30") }
	for _, test := range []struct {
		name   string
		opts   []client.Option
		faults []kustomertest.Fault
		call   func(context.Context, *rig) error
		want   string
	}{
		{"nothing", nil, nil, func(ctx context.Context, r *rig) error { return r.tag(ctx) }, ""},
		{"retried", []client.Option{unlimited}, []kustomertest.Fault{asked(503), asked(429)}, func(ctx context.Context, r *rig) error { return r.tag(ctx) }, `
retried appendTagsToConversation attempt 2, wait 30s, status 503, scope unknown
throttled appendTagsToConversation attempt 2, wait 30s, status 429, scope object
retried appendTagsToConversation attempt 3, wait 30s, status 429, scope unknown`},
		{"gave up", []client.Option{unlimited, attempts(2)}, []kustomertest.Fault{asked(503), asked(500)}, func(ctx context.Context, r *rig) error { return r.update(ctx) }, `
retried updateConversationAttributes attempt 2, wait 30s, status 503, scope unknown
gave up updateConversationAttributes attempt 2, wait 0s, status 500, scope unknown`},
		{"not retried", []client.Option{unlimited}, []kustomertest.Fault{kustomertest.CutAfter()}, func(ctx context.Context, r *rig) error {
			return r.create(ctx, client.ConversationCreate{})
		}, `
gave up createConversationForCustomer attempt 1, wait 0s, status 0, scope unknown`},
		{"a pause that cannot fit", []client.Option{unlimited}, []kustomertest.Fault{asked(503)}, func(ctx context.Context, r *rig) error { return r.tag(ctx, client.CallNoWait()) }, `
refused appendTagsToConversation attempt 2, wait 30s, status 0, scope unknown
gave up appendTagsToConversation attempt 1, wait 0s, status 503, scope unknown`},
		{"waited by the limiter", nil, nil, func(ctx context.Context, r *rig) error {
			r.srv.Spend(1000)
			return r.tag(ctx)
		}, `
throttled appendTagsToConversation attempt 1, wait 60s, status 429, scope org
waited appendTagsToConversation attempt 2, wait 60s, status 0, scope unknown
retried appendTagsToConversation attempt 2, wait 0s, status 429, scope unknown`},
		{"refused by the limiter, then at once", nil, nil, func(ctx context.Context, r *rig) error {
			r.srv.Spend(1000)
			return errors.Join(r.tag(ctx, client.CallNoWait()), r.update(ctx, client.CallNoWait()))
		}, `
throttled appendTagsToConversation attempt 1, wait 60s, status 429, scope org
refused appendTagsToConversation attempt 2, wait 60s, status 0, scope org
gave up appendTagsToConversation attempt 1, wait 0s, status 429, scope unknown
refused updateConversationAttributes attempt 1, wait 60s, status 0, scope org
gave up updateConversationAttributes attempt 0, wait 0s, status 0, scope unknown`},
		{"applied, but unreadable", nil, []kustomertest.Fault{kustomertest.ReplaceBody("{}")}, func(ctx context.Context, r *rig) error {
			return r.create(ctx, client.ConversationCreate{})
		}, `
gave up createConversationForCustomer attempt 1, wait 0s, status 201, scope unknown`},
	} {
		bubble(t, test.name, func(t *testing.T) {
			var s seen
			r := newRig(t, nil, append(test.opts, client.WithObserver(s.observe))...)
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
			if n := len(s.all); n > 0 && s.all[n-1].Kind == client.EventGaveUp && !errors.Is(err, s.all[n-1].Err) {
				t.Errorf("gave up with %v, not with %v", s.all[n-1].Err, err)
			}
		})
	}
}

// A wait that ends with the context is none that let the call through.
func TestWaitInVainIsNotWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		r := newRig(t, nil, client.WithObserver(s.observe))
		r.srv.Spend(1000)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		if err := r.tag(ctx); err == nil {
			t.Fatal("no error")
		}
		want := "throttled appendTagsToConversation attempt 1, wait 60s, status 429, scope org\ngave up appendTagsToConversation attempt 1, wait 0s, status 429, scope unknown"
		if s.lines() != want {
			t.Errorf("events are\n%s", s.lines())
		}
	})
}

func TestEventsHoldNoKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		r := newRig(t, nil, unlimited, client.WithObserver(s.observe))
		echo := kustomertest.Status(429, `{"errors":[{"title":"`+kustomertest.APIKey+`"}]}`)
		r.srv.Fail(
			kustomertest.Fault{Connection: kustomertest.ConnectionCutAfter, Err: errors.New("lost: " + kustomertest.APIKey)},
			with(echo, "X-Amz-Cf-Id", kustomertest.APIKey, "X-Echo", kustomertest.APIKey),
			kustomertest.Status(400, string(echo.Body)))
		if err := r.tag(t.Context()); err == nil {
			t.Fatal("no error")
		}
		if len(s.all) != 4 {
			t.Fatalf("events are\n%s", s.lines())
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

// An observer or a transport that panics takes no permit with it.
func TestPanicInAnObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kind := range []client.EventKind{client.EventWaited, client.EventRetried} {
			r := newRig(t, nil, client.WithObserver(func(e client.Event) {
				if e.Kind == kind {
					panic("of an observer")
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

// Nothing is printed unless the caller asks for it.
func TestNothingIsPrinted(t *testing.T) {
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, logger, writer, flags := os.Stdout, os.Stderr, slog.Default(), log.Writer(), log.Flags()
	os.Stdout, os.Stderr = out, out
	slog.SetDefault(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(out)
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.srv.Fail(kustomertest.CutAfter(), kustomertest.Status(429, ""), kustomertest.Status(503, ""))
		r.srv.Spend(500)
		_ = r.tag(t.Context())
		_ = r.tag(t.Context(), client.CallNoWait())
		r.srv.Fail(kustomertest.Status(400, ""))
		_ = r.update(t.Context())
	})
	os.Stdout, os.Stderr = stdout, stderr
	slog.SetDefault(logger)
	log.SetOutput(writer)
	log.SetFlags(flags)
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(out); err != nil || len(text) > 0 {
		t.Errorf("printed %q, %v", text, err)
	}
}

func TestEventKindsHaveNames(t *testing.T) {
	for kind, want := range map[client.EventKind]string{
		client.EventWaited: "waited", client.EventThrottled: "throttled", client.EventRetried: "retried", client.EventRefused: "refused",
		client.EventGaveUp: "gave up", 0: "EventKind(0)", 6: "EventKind(6)",
	} {
		if kind.String() != want {
			t.Errorf("%d is %q", uint8(kind), kind)
		}
	}
}

// An event in a log has keys of one style and what its error says, and no header or body.
func TestEventsInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		r := newRig(t, nil, unlimited, attempts(2), client.WithObserver(s.observe))
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
			{"kind": "gave up", "op": "appendTagsToConversation", "attempt": 2.0},
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
