package otelkustomer_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/otelkustomer"
)

type fake = kustomertest.Config

// A harness is a fake organisation, a client of it, and what the client's Instrumentation exports.
type harness struct {
	*client.Client
	inst                   *otelkustomer.Instrumentation
	srv                    *kustomertest.Server
	customer, conversation string

	spans  *tracetest.InMemoryExporter
	reader *sdkmetric.ManualReader
}

func newHarness(t testing.TB, fake kustomertest.Config, opts ...otelkustomer.Option) *harness {
	t.Helper()
	r := &harness{srv: kustomertest.New(fake), spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader()}
	base, err := client.New(client.WithBaseURL(r.srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(r.srv.HTTPClient()))
	if err != nil {
		t.Fatal(err)
	}
	r.inst, err = otelkustomer.New(append([]otelkustomer.Option{
		otelkustomer.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(r.spans))),
		otelkustomer.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader))),
		otelkustomer.WithSnapshots(base.RateLimit),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	if r.Client, err = base.Clone(client.WithTrace(r.inst.Trace())); err != nil {
		t.Fatal(err)
	}
	r.customer = r.srv.AddCustomer()
	r.conversation = r.srv.AddConversation(r.customer)
	return r
}

func (r *harness) update(ctx context.Context, opts ...client.CallOption) error {
	_, err := r.UpdateConversationAttributes(ctx, r.conversation, client.ConversationUpdate{Name: client.Value(secretText)}, opts...)
	return err
}

func (r *harness) create(ctx context.Context, opts ...client.CallOption) error {
	_, err := r.CreateConversationForCustomer(ctx, r.customer, client.ConversationCreate{Name: new(secretText), ExternalID: new(secretText)}, opts...)
	return err
}

// secretText is in the bodies of requests.
const secretText = "the-name-of-a-person"

// everything makes calls that have all kinds of spans, events and metrics. It takes some minutes of virtual time.
func (r *harness) everything(t testing.TB) {
	t.Helper()
	check := func(err error, fails bool) {
		t.Helper()
		if fails != (err != nil) {
			t.Fatalf("a call of the scenario returned %v", err)
		}
	}
	check(r.update(t.Context()), false)
	r.srv.Fail(kustomertest.Status(503, ""))
	check(r.update(t.Context()), false)
	r.srv.Fail(kustomertest.Status(429, ""))
	check(r.update(t.Context()), false)
	r.srv.Fail(kustomertest.CutAfter())
	check(r.create(t.Context()), true)
	_, err := r.Do(t.Context(), "GET", "/v1/conversations/"+r.conversation+"?q="+secretText, nil)
	check(err, false)
	budget := r.srv.Spend(1 << 20)
	check(r.update(t.Context(), client.CallMaxWait(2*time.Minute)), false)
	r.srv.Spend(budget)
	r.srv.Fail(kustomertest.Status(429, ""))
	check(r.update(t.Context(), client.CallNoWait()), true)
	check(r.update(t.Context(), client.CallNoWait()), true)
}

// metrics returns the metrics collected now, by name.
func (r *harness) metrics(t testing.TB) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := r.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]metricdata.Metrics{}
	for _, s := range all.ScopeMetrics {
		for _, m := range s.Metrics {
			found[m.Name] = m
		}
	}
	return found
}

// points returns the attributes of each data point of a metric and its value: the count and the sum of a histogram.
func points(t testing.TB, m metricdata.Metrics) (attributes []attribute.Set, values []string) {
	t.Helper()
	switch data := m.Data.(type) {
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			attributes, values = append(attributes, p.Attributes), append(values, fmt.Sprintf("%d in %.3gs", p.Count, p.Sum))
		}
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			attributes, values = append(attributes, p.Attributes), append(values, fmt.Sprint(p.Value))
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			attributes, values = append(attributes, p.Attributes), append(values, fmt.Sprint(p.Value))
		}
	default:
		t.Fatalf("%s is a %T", m.Name, m.Data)
	}
	return attributes, values
}

// text writes attributes in the order of their names.
func text(attributes []attribute.KeyValue) string {
	var all []string
	for _, a := range attributes {
		all = append(all, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// tree writes the spans in the order of their start, each below its parent, with their events.
func tree(spans tracetest.SpanStubs) string {
	var b strings.Builder
	var write func(parent tracetest.SpanStub, indent string)
	write = func(parent tracetest.SpanStub, indent string) {
		for _, s := range spans {
			if s.Parent.SpanID() != parent.SpanContext.SpanID() {
				continue
			}
			fmt.Fprintf(&b, "%s%s (%s, %s) %s\n", indent, s.Name, s.SpanKind, s.Status.Code, text(s.Attributes))
			write(s, indent+"  ")
			for _, e := range s.Events {
				fmt.Fprintf(&b, "%s  %s: %s %s\n", indent, e.Time.Sub(s.StartTime), e.Name, text(e.Attributes))
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	write(tracetest.SpanStub{}, "")
	return strings.TrimSpace(b.String())
}
