// Package otelkustomer makes spans and metrics of a client's calls, with the API of OpenTelemetry. The README of this module
// lists all spans, events, metrics and attributes.
//
// Nothing shows the API key, a body, a query or the id of a record. This deviates from the semantic conventions, which require
// url.full for the span of an HTTP request: [WithFullURL] adds it.
//
// Spans end and metrics are recorded while the attempt holds a permit of the limiter, so spans should be exported in batches.
//
// With a transport of otelhttp, passed to [client.WithHTTPClient], its spans are below those of the attempts. It records
// http.client.request.duration too, and propagates traces if a global propagator is set, whatever [WithPropagator] says.
package otelkustomer

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

const scopeName = "github.com/kustomer-go/kustomer/otelkustomer"

// An Instrumentation makes the spans and metrics of one client, or of several that share a limiter. Make one with [New]. It is
// safe for concurrent use.
type Instrumentation struct {
	settings
	instruments
	tracer trace.Tracer
	gauges metric.Registration // nil without WithSnapshots
}

// New returns an Instrumentation. All problems with the options are reported in one error.
func New(opts ...Option) (*Instrumentation, error) {
	s := settings{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for n, o := range opts {
		if o == nil {
			s.errs = append(s.errs, fmt.Errorf("otelkustomer: option %d is nil", n+1))
			continue
		}
		o(&s)
	}
	if err := errors.Join(s.errs...); err != nil {
		return nil, err
	}
	i := &Instrumentation{settings: s, tracer: s.tracers.Tracer(scopeName, trace.WithSchemaURL(semconv.SchemaURL))}
	meter := s.meters.Meter(scopeName, metric.WithSchemaURL(semconv.SchemaURL))
	var err error
	if i.instruments, err = newInstruments(meter); err == nil && s.snapshots != nil {
		i.gauges, err = observe(meter, s.snapshots, s.attributes)
	}
	if err != nil {
		return nil, err
	}
	return i, nil
}

// Trace returns the functions for [client.WithTrace].
func (i *Instrumentation) Trace() client.Trace {
	return client.Trace{Call: i.call, Attempt: i.attempt, Event: i.event}
}

// Shutdown stops the gauges. It does not wait, and does not shut the providers down. Calls are still traced.
func (i *Instrumentation) Shutdown(context.Context) error {
	if i.gauges == nil {
		return nil
	}
	return i.gauges.Unregister()
}

// An Option configures an [Instrumentation]. [New] returns an error for a nil option and a nil argument.
type Option func(*settings)

// settings are what the options ask for.
type settings struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	propagator propagation.TextMapPropagator     // may be nil
	snapshots  func() (ratelimit.Snapshot, bool) // may be nil
	attributes []attribute.KeyValue
	fullURL    bool
	errs       []error
}

// required returns an option whose argument must not be nil.
func required(name string, isNil bool, set func(*settings)) Option {
	return func(s *settings) {
		if isNil {
			s.errs = append(s.errs, fmt.Errorf("otelkustomer: %s was given nil", name))
		}
		set(s)
	}
}

// WithTracerProvider makes the spans with a tracer of p. The default is the global provider.
func WithTracerProvider(p trace.TracerProvider) Option {
	return required("WithTracerProvider", p == nil, func(s *settings) { s.tracers = p })
}

// WithMeterProvider makes the metrics with a meter of p. The default is the global provider.
func WithMeterProvider(p metric.MeterProvider) Option {
	return required("WithMeterProvider", p == nil, func(s *settings) { s.meters = p })
}

// WithSnapshots reads the gauges from f, such as the RateLimit method of a [client.Client], each time metrics are collected.
// f must be safe for concurrent use. While it returns false, the gauges have no values. Without this option there are no
// gauges.
func WithSnapshots(f func() (ratelimit.Snapshot, bool)) Option {
	return required("WithSnapshots", f == nil, func(s *settings) { s.snapshots = f })
}

// WithAttributes adds attributes to all spans and metrics. If a process has limiters of several organisations, each needs an
// Instrumentation with an attribute that names the organisation. Otherwise their gauges are the same series.
func WithAttributes(attributes ...attribute.KeyValue) Option {
	return func(s *settings) { s.attributes = append(s.attributes, attributes...) }
}

// WithFullURL adds the attribute url.full to the spans of attempts. It shows ids of records and the query of a call by
// [client.Client.Do], which may have personal data such as an email address.
func WithFullURL() Option { return func(s *settings) { s.fullURL = true } }

// WithPropagator adds to each request the header fields that p injects. propagation.TraceContext{} injects traceparent and
// tracestate. A propagator of baggage would send the program's baggage to Kustomer. Without this option nothing is added.
func WithPropagator(p propagation.TextMapPropagator) Option {
	return required("WithPropagator", p == nil, func(s *settings) { s.propagator = p })
}
