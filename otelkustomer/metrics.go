package otelkustomer

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// Bounds of buckets in seconds. Those of requests are from the semantic conventions. A wait may take some windows of a minute.
var (
	requestBounds = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
	callBounds    = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 90, 120, 300)
)

// instruments record while calls run.
type instruments struct {
	requests, calls, waits metric.Float64Histogram
	throttled              metric.Int64Counter
}

func newInstruments(meter metric.Meter) (m instruments, err error) {
	var errs [4]error
	m.requests, errs[0] = meter.Float64Histogram("http.client.request.duration", metric.WithUnit("s"), requestBounds,
		metric.WithDescription("Duration of HTTP client requests."))
	m.calls, errs[1] = meter.Float64Histogram("kustomer.client.call.duration", metric.WithUnit("s"), callBounds,
		metric.WithDescription("Duration of calls with all their attempts and waits."))
	m.waits, errs[2] = meter.Float64Histogram("kustomer.client.wait.duration", metric.WithUnit("s"), callBounds,
		metric.WithDescription("How long the limiter held an attempt back."))
	m.throttled, errs[3] = meter.Int64Counter("kustomer.client.throttled", metric.WithUnit("{response}"),
		metric.WithDescription("Responses with status 429."))
	return m, errors.Join(errs[:]...)
}

// gauges are the numbers of a snapshot. A number below 0 is not known.
var gauges = []struct {
	name, unit, description string
	value                   func(ratelimit.Snapshot) int
}{
	{"limit", "{request}", "Requests per window for the whole organisation.", func(s ratelimit.Snapshot) int { return s.Limit }},
	{"remaining", "{request}", "Requests left in the window at the last count.", func(s ratelimit.Snapshot) int { return s.Remaining }},
	{"reserve", "{request}", "Requests of the window that the limiter leaves to others.", func(s ratelimit.Snapshot) int { return s.Reserve }},
	{"in_flight", "{request}", "Requests in flight.", func(s ratelimit.Snapshot) int { return s.InFlight }},
	{"waiting", "{call}", "Calls that wait for the limiter.", func(s ratelimit.Snapshot) int { return s.Waiting }},
	{"members", "{member}", "Members that share the budget through a pool; 0 without a pool, or while it fails.", func(s ratelimit.Snapshot) int { return s.Members }},
	{"shared", "1", "1 while the budget is shared through a pool, otherwise 0.", func(s ratelimit.Snapshot) int { return min(s.Members, 1) }},
}

// observe registers the gauges.
func observe(meter metric.Meter, snapshots func() (ratelimit.Snapshot, bool), attributes []attribute.KeyValue) (metric.Registration, error) {
	var instruments []metric.Observable
	for _, g := range gauges {
		instrument, err := meter.Int64ObservableGauge("kustomer.ratelimit."+g.name, metric.WithUnit(g.unit), metric.WithDescription(g.description))
		if err != nil {
			return nil, err
		}
		instruments = append(instruments, instrument)
	}
	with := metric.WithAttributes(attributes...)
	return meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		s, ok := snapshots()
		if !ok {
			return nil
		}
		for i, g := range gauges {
			if v := g.value(s); v >= 0 {
				o.ObserveInt64(instruments[i].(metric.Int64Observable), int64(v), with)
			}
		}
		return nil
	}, instruments...)
}
