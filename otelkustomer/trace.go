package otelkustomer

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/kustomer-go/kustomer/client"
)

// A tracedCall is what attempts and events know of their call. The client runs the functions of a call one after another.
type tracedCall struct {
	client.CallInfo
	span        trace.Span
	common      []attribute.KeyValue // of all its spans and metrics
	lastAttempt time.Time
}

type callKey struct{}

func (i *Instrumentation) call(ctx context.Context, info client.CallInfo) (context.Context, func(client.CallResult)) {
	c := &tracedCall{CallInfo: info, common: slices.Concat(i.attributes, []attribute.KeyValue{attribute.String("kustomer.operation", info.Op)})}
	ctx, c.span = i.tracer.Start(ctx, "kustomer."+info.Op, trace.WithAttributes(c.common...))
	ctx = context.WithValue(ctx, callKey{}, c)
	return ctx, func(r client.CallResult) {
		var failure []attribute.KeyValue
		if r.Err != nil {
			failure = []attribute.KeyValue{errorType(r.StatusCode, r.Err)}
			c.span.SetStatus(codes.Error, "")
		}
		if limited, ok := errors.AsType[*client.RateLimitError](r.Err); ok {
			c.span.SetAttributes(attribute.Stringer("kustomer.ratelimit.scope", limited.Scope))
		}
		c.span.SetAttributes(append(failure, attribute.Int("kustomer.attempts", r.Attempts))...)
		c.span.End()
		i.calls.Record(ctx, r.Duration.Seconds(), metric.WithAttributes(slices.Concat(c.common, failure)...))
	}
}

func (i *Instrumentation) attempt(ctx context.Context, info client.AttemptInfo) (context.Context, func(client.AttemptResult)) {
	c, ok := ctx.Value(callKey{}).(*tracedCall)
	if !ok {
		return ctx, nil
	}
	i.waits.Record(ctx, info.Wait.Seconds(), metric.WithAttributes(c.common...))
	common := slices.Concat(c.common, []attribute.KeyValue{semconv.HTTPRequestMethodKey.String(c.Method)}, server(info.URL))
	attributes := slices.Clone(common)
	if info.Attempt > 1 {
		attributes = append(attributes, semconv.HTTPRequestResendCount(info.Attempt-1))
	}
	if i.fullURL {
		attributes = append(attributes, semconv.URLFull(info.URL))
	}
	c.lastAttempt = time.Now()
	ctx, span := i.tracer.Start(ctx, c.Method+" "+c.Path, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	if i.propagator != nil {
		i.propagator.Inject(ctx, propagation.HeaderCarrier(info.Header))
	}
	return ctx, func(r client.AttemptResult) {
		var result []attribute.KeyValue
		if r.StatusCode != 0 {
			result = append(result, semconv.HTTPResponseStatusCode(r.StatusCode))
		}
		if r.StatusCode >= 400 || r.Err != nil {
			result = append(result, errorType(r.StatusCode, r.Err))
			span.SetStatus(codes.Error, "")
		}
		span.SetAttributes(result...)
		span.End()
		i.requests.Record(ctx, r.Duration.Seconds(), metric.WithAttributes(slices.Concat(common, result)...))
	}
}

func (i *Instrumentation) event(ctx context.Context, e client.Event) {
	c, ok := ctx.Value(callKey{}).(*tracedCall)
	if !ok {
		return
	}
	attributes := []attribute.KeyValue{attribute.Int("kustomer.attempt", e.Attempt), attribute.Float64("kustomer.wait", e.Wait.Seconds())}
	if e.StatusCode != 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(e.StatusCode))
	}
	at, limit := time.Now(), attribute.Stringer("kustomer.ratelimit.scope", e.Scope)
	if e.Kind == client.EventWaited || e.Kind == client.EventRetried {
		at = c.lastAttempt // the event comes after the end of the attempt, but is about its beginning
	} else {
		attributes = append(attributes, limit)
	}
	if e.Kind == client.EventThrottled {
		i.throttled.Add(ctx, 1, metric.WithAttributes(slices.Concat(c.common, []attribute.KeyValue{limit})...))
	}
	c.span.AddEvent("kustomer."+e.Kind.String(), trace.WithTimestamp(at), trace.WithAttributes(attributes...))
}

// server returns the address and the port in a URL.
func server(rawURL string) []attribute.KeyValue {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		port = map[string]int{"http": 80, "https": 443}[u.Scheme]
	}
	return []attribute.KeyValue{semconv.ServerAddress(u.Hostname()), semconv.ServerPort(port)}
}

// errorType returns the error.type of a failed call or attempt. It has few values, and the text of an error may have ids.
func errorType(status int, err error) attribute.KeyValue {
	name := "_OTHER" // as in the semantic conventions
	_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
	limited, isLimit := errors.AsType[*client.RateLimitError](err)
	op, isOp := errors.AsType[*net.OpError](err)
	switch {
	case unknown:
		name = "outcome_unknown"
	case isLimit && limited.Local:
		name = "refused"
	case status >= 300:
		name = strconv.Itoa(status)
	case errors.Is(err, context.Canceled):
		name = "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		name = "timeout"
	case isOp && (op.Op == "dial" || op.Op == "proxyconnect"):
		name = "not_connected"
	case isOp, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		name = "connection_lost"
	}
	return semconv.ErrorTypeKey.String(name)
}
