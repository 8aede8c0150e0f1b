package otelkustomer_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace"

	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/otelkustomer"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// dump writes the data points of all metrics, one a line, in the order of their names.
func (r *harness) dump(t testing.TB) string {
	t.Helper()
	var lines []string
	for name, m := range r.metrics(t) {
		attributes, values := points(t, m)
		for i := range attributes {
			lines = append(lines, strings.TrimSpace(name+": "+values[i]+" "+text(attributes[i].ToSlice())))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// The metrics count calls, attempts and waits, and the gauges show the limiter's snapshot.
func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, fake{}, otelkustomer.WithAttributes(attribute.String("org", "acme")))
		r.srv.Fail(after("10", kustomertest.DelayAfter(0)), after("20", kustomertest.Status(429, "")))
		for range 2 {
			if err := r.update(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		const attempt = "http.request.method=PATCH http.response.status_code=%d kustomer.operation=updateConversationAttributes org=acme server.address=acme.api.kustomerapp.com server.port=443"
		want := strings.Join([]string{
			"http.client.request.duration: 1 in 0s error.type=429 " + strings.Replace(attempt, "%d", "429", 1),
			"http.client.request.duration: 2 in 0s " + strings.Replace(attempt, "%d", "200", 1),
			"kustomer.client.call.duration: 2 in 20s kustomer.operation=updateConversationAttributes org=acme",
			"kustomer.client.throttled: 1 kustomer.operation=updateConversationAttributes kustomer.ratelimit.scope=object org=acme",
			"kustomer.client.wait.duration: 3 in 20s kustomer.operation=updateConversationAttributes org=acme",
			"kustomer.ratelimit.in_flight: 0 org=acme",
			"kustomer.ratelimit.limit: 1000 org=acme",
			"kustomer.ratelimit.members: 0 org=acme",
			"kustomer.ratelimit.remaining: 997 org=acme",
			"kustomer.ratelimit.reserve: 50 org=acme",
			"kustomer.ratelimit.shared: 0 org=acme",
			"kustomer.ratelimit.waiting: 0 org=acme",
		}, "\n")
		if got := r.dump(t); got != want {
			t.Errorf("the metrics are\n%s\nwant\n%s", got, want)
		}
	})
}

// The buckets of requests are those of the semantic conventions.
func TestBuckets(t *testing.T) {
	r := newHarness(t, fake{})
	if err := r.update(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}
	if got := r.metrics(t)["http.client.request.duration"].Data.(metricdata.Histogram[float64]).DataPoints[0].Bounds; !slices.Equal(got, want) {
		t.Errorf("the bounds are %v, want %v", got, want)
	}
}

// A gauge has no value while its number is not known, and none after Shutdown.
func TestGauges(t *testing.T) {
	var mu sync.Mutex
	snapshot, known := ratelimit.Snapshot{Limit: -1, Remaining: -1, Waiting: 3}, true
	source := func() (ratelimit.Snapshot, bool) {
		mu.Lock()
		defer mu.Unlock()
		return snapshot, known
	}
	r := newHarness(t, fake{}, otelkustomer.WithSnapshots(source))
	expect := func(when string, want ...string) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(r.metrics(t))); !slices.Equal(got, want) {
			t.Errorf("%s, the metrics are %q, want %q", when, got, want)
		}
	}
	expect("without a limit", "kustomer.ratelimit.in_flight", "kustomer.ratelimit.members", "kustomer.ratelimit.reserve", "kustomer.ratelimit.shared", "kustomer.ratelimit.waiting")
	snapshot = ratelimit.Snapshot{}
	expect("with a limit of 0", "kustomer.ratelimit.in_flight", "kustomer.ratelimit.limit", "kustomer.ratelimit.members", "kustomer.ratelimit.remaining", "kustomer.ratelimit.reserve", "kustomer.ratelimit.shared", "kustomer.ratelimit.waiting")
	snapshot.Members = 8
	if got := r.dump(t); !strings.Contains(got, "members: 8") || !strings.Contains(got, "shared: 1") {
		t.Errorf("the metrics of one of 8 members are\n%s", got)
	}
	known = false
	expect("without a snapshot")
	known = true
	for range 2 {
		if err := r.inst.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		expect("after Shutdown")
	}
	if err := r.update(t.Context()); err != nil || len(r.spans.GetSpans()) != 2 {
		t.Errorf("a call after Shutdown has %d spans, %v", len(r.spans.GetSpans()), err)
	}
}

// Calls and collections may run at the same time. Each attempt is below its own call.
func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls = 50
		r := newHarness(t, fake{ObjectLimit: -1})
		r.srv.Fail(kustomertest.EdgeHTML(503), kustomertest.EdgeHTML(503))
		var all sync.WaitGroup
		for range calls {
			all.Go(func() {
				if err := r.update(t.Context()); err != nil {
					t.Error(err)
				}
				r.metrics(t)
			})
		}
		all.Wait()
		attempts := map[string]int{} // by the id of their call
		for _, s := range r.spans.GetSpans() {
			if s.SpanKind == trace.SpanKindClient {
				attempts[s.Parent.SpanID().String()]++
			}
		}
		if len(attempts) != calls || len(r.spans.GetSpans()) != 2*calls+2 {
			t.Errorf("%d calls have attempts, and there are %d spans", len(attempts), len(r.spans.GetSpans()))
		}
	})
}
