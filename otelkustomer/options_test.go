package otelkustomer_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/otel"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/otelkustomer"
)

// All options that are nil are reported in one error.
func TestNilOptions(t *testing.T) {
	inst, err := otelkustomer.New(otelkustomer.WithTracerProvider(nil), nil, otelkustomer.WithMeterProvider(nil),
		otelkustomer.WithSnapshots(nil), otelkustomer.WithPropagator(nil))
	if inst != nil || err == nil {
		t.Fatalf("New returned %v, %v", inst, err)
	}
	for _, want := range []string{"WithTracerProvider", "option 2", "WithMeterProvider", "WithSnapshots", "WithPropagator"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
}

// Without options, the global providers are used, even if they are set later.
func TestGlobalProviders(t *testing.T) {
	inst, err := otelkustomer.New()
	if err != nil {
		t.Fatal(err)
	}
	spans, reader := tracetest.NewInMemoryExporter(), sdkmetric.NewManualReader()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	otel.SetMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	srv := kustomertest.New(fake{})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()), client.WithTrace(inst.Trace()))
	if err != nil {
		t.Fatal(err)
	}
	r := &harness{Client: c, conversation: srv.AddConversation(srv.AddCustomer()), reader: reader}
	if err := r.update(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := spans.GetSpans(); len(got) != 2 || got[0].InstrumentationScope.Name != "github.com/kustomer-go/kustomer/otelkustomer" {
		t.Errorf("the spans are %v", got)
	}
	if got := r.metrics(t); len(got) != 3 {
		t.Errorf("the metrics are %v", got)
	}
	if err := inst.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// The functions of the trace do nothing for a call that the trace does not know.
func TestPartOfTheTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, fake{})
		trace := r.inst.Trace()
		trace.Call = nil
		c, err := r.Clone(client.WithTrace(trace))
		if err != nil {
			t.Fatal(err)
		}
		r.Client = c
		r.srv.Fail(kustomertest.EdgeHTML(503))
		if err := r.update(t.Context()); err != nil || len(r.spans.GetSpans()) != 0 {
			t.Errorf("%d spans, %v", len(r.spans.GetSpans()), err)
		}
	})
}
