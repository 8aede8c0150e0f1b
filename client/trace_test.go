package client_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// A recorder traces calls. It notes what happens in order, and marks the contexts of calls and attempts.
type recorder struct {
	all      []string
	inFlight func() int
}

type contextKey string

func (r *recorder) note(format string, args ...any) {
	r.all = append(r.all, fmt.Sprintf("%d: ", r.inFlight())+fmt.Sprintf(format, args...))
}

func (r *recorder) trace() client.Trace {
	return client.Trace{
		Call: func(ctx context.Context, info client.CallInfo) (context.Context, func(client.CallResult)) {
			r.note("call %s %s %s %s", info.Op, info.Method, info.Path, info.ID)
			return context.WithValue(ctx, contextKey("call"), info.Op), func(result client.CallResult) {
				r.note("call ended: status %d, attempts %d, %s, %v", result.StatusCode, result.Attempts, result.Duration.Round(time.Second), result.Err)
			}
		},
		Attempt: func(ctx context.Context, info client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
			r.note("attempt %d of %v, waited %s", info.Attempt, ctx.Value(contextKey("call")), info.Wait.Round(time.Second))
			return context.WithValue(ctx, contextKey("attempt"), info.Attempt), func(result client.AttemptResult) {
				r.note("attempt ended: status %d, request %q, remaining %d, %s, %v", result.StatusCode, result.RequestID, result.Budget.Remaining, result.Duration, result.Err)
			}
		},
		Event: func(ctx context.Context, e client.Event) {
			r.note("%s attempt %d of %v", e.Kind, e.Attempt, ctx.Value(contextKey("call")))
		},
	}
}

// transport responds with each status in turn, after one second, and notes the contexts of requests.
func (r *recorder) transport(statuses ...int) transport {
	return func(req *http.Request) (*http.Response, error) {
		r.note("request of attempt %v of %v", req.Context().Value(contextKey("attempt")), req.Context().Value(contextKey("call")))
		time.Sleep(time.Second)
		status := statuses[0]
		statuses = statuses[1:]
		if status == 0 {
			return nil, errors.New("lost")
		}
		h := http.Header{"X-Amz-Cf-Id": {"r"}, "X-Ratelimit-Limit": {"100"}, "X-Ratelimit-Remaining": {fmt.Sprint(50 + len(statuses))}, "Retry-After": {"10"}, "Content-Type": {"application/json"}}
		return testResponse{status, h, `{"data":{"id":"c"}}`}.response(req), nil
	}
}

// The trace sees each call and each attempt with its context. Only an attempt holds a permit.
func TestTrace(t *testing.T) {
	for _, test := range []struct {
		name     string
		statuses []int
		want     string
	}{
		{"success", []int{200}, `
0: call appendTagsToConversation POST /v1/conversations/{id}/tags c1
1: attempt 1 of appendTagsToConversation, waited 0s
1: request of attempt 1 of appendTagsToConversation
1: attempt ended: status 200, request "r", remaining 50, 1s, <nil>
0: call ended: status 200, attempts 1, 1s, <nil>`},
		{"retries", []int{503, 429, 200}, `
0: call appendTagsToConversation POST /v1/conversations/{id}/tags c1
1: attempt 1 of appendTagsToConversation, waited 0s
1: request of attempt 1 of appendTagsToConversation
1: attempt ended: status 503, request "r", remaining 52, 1s, <nil>
1: attempt 2 of appendTagsToConversation, waited 0s
1: request of attempt 2 of appendTagsToConversation
1: attempt ended: status 429, request "r", remaining 51, 1s, <nil>
0: retried attempt 2 of appendTagsToConversation
0: throttled attempt 2 of appendTagsToConversation
1: attempt 3 of appendTagsToConversation, waited 10s
1: request of attempt 3 of appendTagsToConversation
1: attempt ended: status 200, request "r", remaining 50, 1s, <nil>
0: waited attempt 3 of appendTagsToConversation
0: retried attempt 3 of appendTagsToConversation
0: call ended: status 200, attempts 3, 23s, <nil>`},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := new(recorder)
			c := newClient(t, r.transport(test.statuses...), reserve(0.05), client.WithRetryPolicy(client.RetryPolicy{}), client.WithTrace(r.trace()))
			r.inFlight = func() int { s, _ := c.RateLimit(); return s.InFlight }
			if _, err := c.AppendTagsToConversation(t.Context(), "c1", []string{"vip"}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(r.all, "\n"); got != strings.TrimSpace(test.want) {
				t.Errorf("the trace is\n%s\nwant%s", got, test.want)
			}
		})
	}
}

// The end of a call has its error, and the end of an attempt has the reason why no response came. A call with invalid
// arguments is not traced.
func TestTraceOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var attempt, call []error
		trace := client.Trace{
			Call: func(context.Context, client.CallInfo) (context.Context, func(client.CallResult)) {
				return nil, func(r client.CallResult) { call = append(call, r.Err) }
			},
			Attempt: func(context.Context, client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
				return nil, func(r client.AttemptResult) { attempt = append(attempt, r.Err) }
			},
		}
		lost := errors.New("lost with " + apiKey)
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, lost }), client.WithTrace(trace))
		_, err := tag(t, c)
		if len(call) != 1 || call[0] != err || len(attempt) != 1 || !errors.Is(attempt[0], lost) {
			t.Errorf("the call ended with %v and the attempt with %v, want %v", call, attempt, err)
		}
		mustNotHold(t, fmt.Sprintf("%+v %+v", call, attempt))
		if _, err := c.AppendTagsToConversation(t.Context(), "c1", nil); err == nil || len(call) != 1 {
			t.Errorf("%d calls, %v", len(call), err)
		}
	})
}

// Each function of a trace may be nil, and so may its results.
func TestTraceOfNothing(t *testing.T) {
	for name, trace := range map[string]client.Trace{
		"nothing": {},
		"nothing returned": {
			Call: func(context.Context, client.CallInfo) (context.Context, func(client.CallResult)) { return nil, nil },
			Attempt: func(context.Context, client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
				return nil, nil
			},
		},
	} {
		c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c"}}`}, client.WithTrace(trace))
		if _, err := tag(t, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// If a transport or a trace panics, the trace ends and the permit is returned.
func TestPanicEndsTheTrace(t *testing.T) {
	for _, where := range []string{"transport", "body", "attempt"} {
		bubble(t, where, func(t *testing.T) {
			var ended []error
			trace := client.Trace{
				Call: func(ctx context.Context, _ client.CallInfo) (context.Context, func(client.CallResult)) {
					return ctx, func(r client.CallResult) { ended = append(ended, r.Err) }
				},
				Attempt: func(ctx context.Context, _ client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
					if where == "attempt" {
						panic("of a trace")
					}
					return ctx, func(r client.AttemptResult) { ended = append(ended, r.Err) }
				},
			}
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				if where == "transport" {
					panic("of a transport")
				}
				resp := testResponse{status: 200}.response(r)
				resp.Body = panicking{}
				return resp, nil
			}), reserve(0.05), client.WithTrace(trace))
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				_, _ = tag(t, c)
			}()
			want := map[string]int{"transport": 2, "body": 2, "attempt": 1}[where]
			if len(ended) != want || slices.Contains(ended, nil) {
				t.Errorf("what has ended: %v", ended)
			}
			if s, _ := c.RateLimit(); s.InFlight != 0 {
				t.Errorf("%d permits are lost", s.InFlight)
			}
		})
	}
}

// panicking is a body whose Read panics.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("of a body") }
func (panicking) Close() error             { return nil }

// Of a long error page the beginning is enough, so the response is not incomplete.
func TestTraceOfALongErrorPage(t *testing.T) {
	var result client.AttemptResult
	c, _ := responding(t, testResponse{503, http.Header{"Content-Type": {"text/html"}}, strings.Repeat("x", 100<<10)}, client.WithTrace(client.Trace{
		Attempt: func(ctx context.Context, _ client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
			return ctx, func(r client.AttemptResult) { result = r }
		},
	}))
	if _, err := tag(t, c); err == nil || result.Err != nil || result.StatusCode != 503 {
		t.Errorf("%+v, %v", result, err)
	}
}

// An attempt's trace sees the URL without the API key, and adds header fields. It cannot replace those of the client.
func TestTraceOfTheRequest(t *testing.T) {
	const base = "https://acme.api.kustomerapp.com/"
	for path, want := range map[string]string{
		"/v1/conversations/c1?a=b":          base + "v1/conversations/c1?a=b",
		"/v1/conversations/" + apiKey:       base,
		"/v1/conversations?q=%65" + apiKey:  base,
		"/v1/conversations/externalId=a%2F": base + "v1/conversations/externalId=a%2F",
	} {
		var seen client.AttemptInfo
		c, sent := responding(t, testResponse{status: 200, body: `{}`}, client.WithTrace(client.Trace{
			Attempt: func(ctx context.Context, info client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
				seen = info
				for _, name := range []string{"Traceparent", "Authorization", "accept", "X-Idempotency-Key", "idempotency-key"} {
					info.Header[name] = []string{"of the trace"}
				}
				return ctx, nil
			},
		}))
		if _, err := c.Do(t.Context(), "GET", path, nil); err != nil {
			t.Fatal(err)
		}
		if seen.URL != want || seen.Attempt != 1 {
			t.Errorf("the trace of attempt %d sees %s, want %s", seen.Attempt, seen.URL, want)
		}
		if sent.url != base+path[1:] || sent.header.Get("Authorization") != "Bearer "+apiKey || sent.header.Get("Traceparent") != "of the trace" {
			t.Errorf("the request for %s has the wrong header", path)
		}
		if got := slices.Sorted(maps.Keys(sent.header)); strings.Join(got, " ") != "Accept Authorization Traceparent User-Agent" {
			t.Errorf("the request has the header fields %q", got)
		}
		if accept := sent.header.Values("Accept"); len(accept) != 1 || accept[0] != "application/json" {
			t.Errorf("the request accepts %q", accept)
		}
	}
}
