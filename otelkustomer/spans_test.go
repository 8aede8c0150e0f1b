package otelkustomer_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/otelkustomer"
)

// after adds a Retry-After to the response of a fault, so that waits are not random.
func after(seconds string, f kustomertest.Fault) kustomertest.Fault {
	f.Header = http.Header{"Retry-After": {seconds}, "Content-Type": {"application/json"}}
	return f
}

// Each call has a span with its events, and each attempt a span below it.
func TestSpans(t *testing.T) {
	const (
		operation = "kustomer.operation=updateConversationAttributes"
		server    = " " + operation + " server.address=acme.api.kustomerapp.com server.port=443\n"
	)
	for _, test := range []struct {
		name string
		fail []kustomertest.Fault
		call func(context.Context, *harness) error
		want string
	}{
		{"success", nil, nil,
			"kustomer.updateConversationAttributes (internal, Unset) kustomer.attempts=1 " + operation + "\n" +
				"  PATCH /v1/conversations/{id} (client, Unset) http.request.method=PATCH http.response.status_code=200" + server},
		{"retries", []kustomertest.Fault{after("10", kustomertest.Status(503, "")), after("20", kustomertest.Status(429, "")), kustomertest.Delay(5 * time.Second)}, nil,
			"kustomer.updateConversationAttributes (internal, Unset) kustomer.attempts=3 " + operation + "\n" +
				"  PATCH /v1/conversations/{id} (client, Error) error.type=503 http.request.method=PATCH http.response.status_code=503" + server +
				"  PATCH /v1/conversations/{id} (client, Error) error.type=429 http.request.method=PATCH http.request.resend_count=1 http.response.status_code=429" + server +
				"  PATCH /v1/conversations/{id} (client, Unset) http.request.method=PATCH http.request.resend_count=2 http.response.status_code=200" + server +
				"  10s: kustomer.retried http.response.status_code=503 kustomer.attempt=2 kustomer.wait=10\n" +
				"  10s: kustomer.throttled http.response.status_code=429 kustomer.attempt=2 kustomer.ratelimit.scope=object kustomer.wait=20\n" +
				"  30s: kustomer.waited kustomer.attempt=3 kustomer.wait=20\n" +
				"  30s: kustomer.retried http.response.status_code=429 kustomer.attempt=3 kustomer.wait=0\n"},
		{"refusal", []kustomertest.Fault{after("20", kustomertest.Status(429, ""))},
			func(ctx context.Context, r *harness) error { return r.update(ctx, client.CallNoWait()) },
			"kustomer.updateConversationAttributes (internal, Error) error.type=429 kustomer.attempts=1 " + operation + " kustomer.ratelimit.scope=object\n" +
				"  PATCH /v1/conversations/{id} (client, Error) error.type=429 http.request.method=PATCH http.response.status_code=429" + server +
				"  0s: kustomer.throttled http.response.status_code=429 kustomer.attempt=1 kustomer.ratelimit.scope=object kustomer.wait=20\n" +
				"  0s: kustomer.refused http.response.status_code=429 kustomer.attempt=2 kustomer.ratelimit.scope=object kustomer.wait=20\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newHarness(t, fake{})
				r.srv.Fail(test.fail...)
				call := test.call
				if call == nil {
					call = func(ctx context.Context, r *harness) error { return r.update(ctx) }
				}
				err := call(t.Context(), r)
				got := tree(r.spans.GetSpans())
				if got != strings.TrimSpace(test.want) || (err != nil) != strings.Contains(test.want, "internal, Error") {
					t.Errorf("the call returned %v, and the spans are\n%s\nwant\n%s", err, got, test.want)
				}
			})
		})
	}
}

// error.type says in few values why attempts and calls failed. The README lists these values.
func TestErrorType(t *testing.T) {
	seen := map[string]bool{}
	for _, test := range []struct {
		name          string
		fail          kustomertest.Fault
		attempt, call string
	}{
		{"status", kustomertest.Status(404, ""), "404", "404"},
		{"page of the edge", kustomertest.EdgeHTML(503), "503", "outcome_unknown"},
		{"page of the edge as success", kustomertest.EdgeHTML(200), "", "outcome_unknown"},
		{"redirect", kustomertest.Status(302, ""), "", "outcome_unknown"},
		{"limit", after("20", kustomertest.Status(429, "")), "429", "429"},
		{"refusal", kustomertest.Fault{}, "", "refused"},
		{"no connection", kustomertest.RefuseConnection(), "not_connected", "not_connected"},
		{"lost connection", kustomertest.CutAfter(), "connection_lost", "outcome_unknown"},
		{"lost body", kustomertest.TruncateBody(20), "connection_lost", "connection_lost"},
		{"timeout", kustomertest.Delay(time.Minute), "timeout", "outcome_unknown"},
		{"cancellation", kustomertest.Delay(time.Minute), "canceled", "outcome_unknown"},
		{"other", kustomertest.Fault{Connection: kustomertest.ConnectionCutBefore, Err: errors.New("strange")}, "_OTHER", "outcome_unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newHarness(t, fake{})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				switch test.name {
				case "cancellation":
					time.AfterFunc(time.Second, cancel)
				case "refusal":
					if err := r.update(t.Context()); err != nil {
						t.Fatal(err)
					}
					r.srv.Spend(1 << 20)
					if err := r.update(t.Context(), client.CallNoWait()); err == nil {
						t.Fatal("the budget is not spent")
					}
					r.spans.Reset()
				}
				test.fail.Times = -1
				r.srv.Fail(test.fail)
				if err := r.create(ctx, client.CallNoWait()); err == nil {
					t.Fatal("the call succeeded")
				}
				spans := r.spans.GetSpans() // in the order of their ends
				if got := errorType(spans[len(spans)-1]); got != test.call {
					t.Errorf("error.type of the call is %q, want %q", got, test.call)
				}
				seen[test.call] = true
				if len(spans) > 1 {
					if got := errorType(spans[0]); got != test.attempt {
						t.Errorf("error.type of the attempt is %q, want %q", got, test.attempt)
					}
					seen[test.attempt] = true
				}
			})
		})
	}
	for _, status := range []string{"", "404", "429", "503"} {
		delete(seen, status)
	}
	listed := table(t, "Error types")
	delete(listed, "404, 503 and so on")
	if got, want := slices.Sorted(maps.Keys(listed)), slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
		t.Errorf("the README has the error types %q, want %q", got, want)
	}
}

func errorType(s tracetest.SpanStub) string {
	for _, a := range s.Attributes {
		if a.Key == "error.type" {
			return a.Value.AsString()
		}
	}
	return ""
}

// A request has a traceparent, that of its attempt, only if that is asked for.
func TestPropagation(t *testing.T) {
	for asked, opts := range map[bool][]otelkustomer.Option{false: nil, true: {otelkustomer.WithPropagator(propagation.TraceContext{})}} {
		r := newHarness(t, fake{}, opts...)
		if err := r.update(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, want := r.srv.Requests()[0].Header.Get("Traceparent"), ""
		if asked {
			attempt := r.spans.GetSpans()[0].SpanContext
			want = "00-" + attempt.TraceID().String() + "-" + attempt.SpanID().String() + "-01"
		}
		if got != want {
			t.Errorf("the traceparent is %q, want %q", got, want)
		}
	}
}

// The address and the port are those of the host that is called.
func TestServer(t *testing.T) {
	for host, want := range map[string]string{
		"acme.api.kustomerapp.com": "server.address=acme.api.kustomerapp.com server.port=443",
		"[::1]:8080":               "server.address=::1 server.port=8080",
	} {
		r := newHarness(t, fake{Host: host})
		if err := r.update(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := text(r.spans.GetSpans()[0].Attributes); !strings.Contains(got, want) {
			t.Errorf("the span of an attempt to %s has %s", host, got)
		}
	}
}
