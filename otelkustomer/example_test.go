package otelkustomer_test

import (
	"context"
	"fmt"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/otelkustomer"
)

// A client is traced by a clone, which shares the limiter that the gauges show.
func ExampleNew() {
	spans := tracetest.NewInMemoryExporter() // in a program: an exporter for your backend, with WithBatcher
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))

	srv := kustomertest.New(kustomertest.Config{})
	base, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		fmt.Println(err)
		return
	}
	inst, err := otelkustomer.New(otelkustomer.WithTracerProvider(provider), otelkustomer.WithSnapshots(base.RateLimit))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer inst.Shutdown(context.Background())
	c, err := base.Clone(client.WithTrace(inst.Trace()))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"vip"}); err != nil {
		fmt.Println(err)
		return
	}
	printSpans(spans)
	// Output:
	// kustomer.appendTagsToConversation
	//   POST /v1/conversations/{id}/tags
}

// With a transport of otelhttp, its spans are below those of the attempts.
func Example_otelhttp() {
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	inst, err := otelkustomer.New(otelkustomer.WithTracerProvider(provider))
	if err != nil {
		fmt.Println(err)
		return
	}
	srv := kustomertest.New(kustomertest.Config{})
	transport := otelhttp.NewTransport(srv.HTTPClient().Transport, otelhttp.WithTracerProvider(provider))
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey),
		client.WithHTTPClient(&http.Client{Transport: transport}), client.WithTrace(inst.Trace()))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"vip"}); err != nil {
		fmt.Println(err)
		return
	}
	printSpans(spans)
	// Output:
	// kustomer.appendTagsToConversation
	//   POST /v1/conversations/{id}/tags
	//     HTTP POST
}

// printSpans prints the names of spans, each below its parent.
func printSpans(spans *tracetest.InMemoryExporter) {
	indent := map[string]string{}
	ended := spans.GetSpans()
	for i := len(ended) - 1; i >= 0; i-- { // a parent ends after its children
		s := ended[i]
		fmt.Println(indent[s.Parent.SpanID().String()] + s.Name)
		indent[s.SpanContext.SpanID().String()] = indent[s.Parent.SpanID().String()] + "  "
	}
}
