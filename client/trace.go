package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Trace has functions that run when something happens to a call, for tracing and metrics: see [WithTrace]. A nil function is
// skipped and costs nothing. The functions must be safe for concurrent use. They run in the goroutine of the call, so they
// should be quick. No value that they get shows the API key. A call that fails with a [*ValidationError] is not traced.
type Trace struct {
	// Call runs before each call. The call uses the context that it returns, and runs the function that it returns when it
	// ends. The returned context and function may be nil. No permit of the limiter is held, so both functions may call a client.
	Call func(context.Context, CallInfo) (context.Context, func(CallResult))

	// Attempt runs before each attempt, when the limiter has allowed it. The request has the context that it returns. The
	// attempt runs the function that it returns when the response is read. The returned context and function may be nil. The
	// attempt holds a permit of the limiter all that time, so neither function may call a client on the same limiter: that call
	// could wait forever.
	Attempt func(context.Context, AttemptInfo) (context.Context, func(AttemptResult))

	// Event runs for each event, with the context of the call. No permit of the limiter is held, so it may call a client.
	Event func(context.Context, Event)
}

// A CallInfo describes a call that begins.
type CallInfo struct {
	Op     string // operation, such as updateConversationAttributes; "Do" for [Client.Do]
	Method string // HTTP method
	Path   string // path template without a query, as in [Error]
	ID     string // id in the path, as in [Error]
}

// A CallResult describes a call that ended.
type CallResult struct {
	StatusCode int           // HTTP status of the last attempt; 0 if it got no response
	Attempts   int           // number of attempts
	Duration   time.Duration // of the whole call, including all waits
	Err        error         // what the call returns; nil if it succeeded
}

// An AttemptInfo describes an attempt that begins.
type AttemptInfo struct {
	Op      string        // operation, such as updateConversationAttributes
	Attempt int           // number of the attempt, from 1
	Wait    time.Duration // how long it waited for the limiter
	URL     string        // of the request, with ids and query; the base URL alone if the rest shows the API key

	// Header takes header fields for the request, such as traceparent. It is empty at first. Fields that the client sets itself
	// are ignored, and so is an Idempotency-Key, with which net/http may send a request twice.
	Header http.Header
}

// An AttemptResult describes an attempt that ended.
type AttemptResult struct {
	StatusCode int              // HTTP status; 0 if no response came
	RequestID  string           // x-amz-cf-id of the response; may be empty
	Budget     ratelimit.Budget // the organisation's budget, as the response reports it
	Duration   time.Duration    // from before the request until the body was read
	Err        error            // why no response came or its body is incomplete; nil for a response with any status
}

// An Event is something that happened to a call: see [Trace].
type Event struct {
	Kind       EventKind
	Op         string        // operation, such as updateConversationAttributes
	Attempt    int           // number of the attempt, from 1
	Wait       time.Duration // see Kind
	StatusCode int           // HTTP status of the attempt, or of the attempt before for EventRetried and EventRefused; 0 if no response came
	Scope      Scope         // the limit that was exceeded
	Err        error         // what went wrong; nil for EventWaited
}

// LogValue returns the event as attributes: kind, op, attempt, wait, status, scope and error. Those without a value are left
// out.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", e.Kind.String()), slog.String("op", e.Op), slog.Int("attempt", e.Attempt)}
	if e.Wait != 0 {
		attrs = append(attrs, slog.Duration("wait", e.Wait))
	}
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.Scope != ScopeUnknown {
		attrs = append(attrs, slog.String("scope", e.Scope.String()))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("error", e.Err))
	}
	return slog.GroupValue(attrs...)
}

// An EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	EventWaited    EventKind = iota + 1 // the limiter delayed the attempt by Wait
	EventThrottled                      // the attempt got a 429; the next one has to wait for Wait, 0 if that is not known
	EventRetried                        // the attempt was sent after one that failed with Err, and a pause of Wait
	EventRefused                        // the attempt was not sent, because the required Wait is too long
)

// minReportedWait is how long the limiter must delay an attempt for an EventWaited.
const minReportedWait = time.Millisecond

// String returns the kind in one word.
func (k EventKind) String() string {
	names := [...]string{EventWaited: "waited", EventThrottled: "throttled", EventRetried: "retried", EventRefused: "refused"}
	if k == 0 || int(k) >= len(names) {
		return fmt.Sprintf("EventKind(%d)", uint8(k))
	}
	return names[k]
}

// errPanicked is the error of a call or an attempt that ends with a panic, such as one of a transport.
var errPanicked = errors.New("kustomer: the call ended with a panic")

// traceCall begins the trace of a call. The function that it returns ends it.
func (c *Client) traceCall(ctx context.Context, call *call, start time.Time, r *Response) (context.Context, func(error)) {
	if c.trace.Call == nil {
		return ctx, func(error) {}
	}
	traced, end := c.trace.Call(ctx, CallInfo{Op: call.op.ID, Method: call.op.Method, Path: call.op.Path, ID: call.id})
	if traced != nil {
		ctx = traced
	}
	return ctx, func(err error) {
		result := CallResult{StatusCode: r.StatusCode, Attempts: r.Attempts, Duration: time.Since(start), Err: err}
		if failed, ok := errors.AsType[*Error](err); ok {
			result.StatusCode = failed.StatusCode // 0 without a response, although an attempt before may have got one
		}
		if end != nil {
			end(result)
		}
	}
}

// traceAttempt begins the trace of an attempt. The function that it returns ends it.
func (c *Client) traceAttempt(ctx context.Context, call *call, a *attempt, number int) (context.Context, func(*attempt)) {
	if c.trace.Attempt == nil {
		return ctx, func(*attempt) {}
	}
	url := c.url(call.path)
	if a.secrets.wholeIn(url) {
		url = c.base
	}
	a.added = http.Header{}
	traced, end := c.trace.Attempt(ctx, AttemptInfo{Op: call.op.ID, Attempt: number, Wait: a.waited, URL: url, Header: a.added})
	if traced != nil {
		ctx = traced
	}
	start := time.Now()
	return ctx, func(a *attempt) {
		if end != nil {
			end(AttemptResult{
				StatusCode: a.StatusCode, RequestID: a.RequestID, Budget: ratelimit.ReadBudget(a.Header, a.receivedAt),
				Duration: time.Since(start), Err: cmp.Or(a.err, a.partial),
			})
		}
	}
}

// addHeader adds the header fields that the trace asks for to those of the client.
func (a *attempt) addHeader(h http.Header) {
	for name, values := range a.added {
		name = http.CanonicalHeaderKey(name)
		if _, own := h[name]; !own && !strings.HasSuffix(name, "Idempotency-Key") {
			h[name] = values
		}
	}
}

// report reports an event to the trace and the log.
func (c *Client) report(ctx context.Context, e Event) {
	if c.trace.Event != nil {
		c.trace.Event(ctx, e)
	}
	c.logEvent(ctx, e)
}

// reportAttempt reports the events of an attempt: that it waited, that it was a retry, and the limit that it exceeded. err is
// its error. It runs after the permit was returned, because a trace may itself call a client on the same limiter.
func (c *Client) reportAttempt(ctx context.Context, call *call, a *attempt, s retryState, err error) {
	if a.waited >= minReportedWait && !a.unsent {
		c.report(ctx, Event{Kind: EventWaited, Op: call.op.ID, Attempt: s.sent, Wait: a.waited})
	}
	if s.err != nil {
		c.report(ctx, Event{Kind: EventRetried, Op: call.op.ID, Attempt: s.sent, Wait: s.pause, StatusCode: s.status, Err: s.err})
	}
	limited, ok := errors.AsType[*RateLimitError](err)
	if !ok {
		return
	}
	e := Event{Kind: EventThrottled, Op: call.op.ID, Attempt: s.sent, Wait: limited.RetryAfter, StatusCode: a.StatusCode, Scope: limited.Scope, Err: err}
	if limited.Local {
		e.Kind, e.Attempt = EventRefused, 1
	}
	c.report(ctx, e)
}

// log writes the record of a call: see [WithLogger].
func (c *Client) log(ctx context.Context, call *call, took time.Duration, r *Response, err error) {
	level, message := slog.LevelDebug, "kustomer call"
	if err != nil {
		level, message = slog.LevelWarn, "kustomer call failed"
	}
	if c.logger == nil || !c.logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.Duration("duration", took)}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	} else {
		attrs = append(attrs,
			slog.String("op", call.op.ID),
			slog.String("method", call.op.Method),
			slog.String("path", call.op.Path),
			slog.String("id", displayID(call.id)),
			slog.Int("status", r.StatusCode),
			slog.Int("attempts", r.Attempts),
			slog.String("request_id", oneLine(r.RequestID)))
		if r.Budget.Remaining >= 0 {
			attrs = append(attrs, slog.Int("remaining", r.Budget.Remaining))
		}
	}
	c.logger.LogAttrs(ctx, level, message, attrs...)
}

// logEvent writes the record of a 429 or a retry: see [WithLogger].
func (c *Client) logEvent(ctx context.Context, e Event) {
	if c.logger == nil || e.Kind != EventThrottled && e.Kind != EventRetried {
		return
	}
	last := &c.episodes[e.Kind]
	before, now, level := last.Load(), time.Now(), slog.LevelDebug
	if (before == 0 || now.Sub(time.Unix(0, before)) >= episode) && last.CompareAndSwap(before, now.UnixNano()) {
		level = slog.LevelInfo
	}
	c.logger.LogAttrs(ctx, level, "kustomer attempt "+e.Kind.String(), e.LogValue().Group()...)
}

// episodes hold when clients last logged an event of each kind at Info, in nanoseconds since 1970. Clones share them.
type episodes [EventRefused]atomic.Int64

// An episode is a window of the organisation's budget.
const episode = time.Minute
