// A program that shows a fleet, and the program of docs/fleet.md. It is a module of its own, so that the client's users do not get
// what it requires. It is not released.
module github.com/kustomer-go/kustomer/examples/fleet

go 1.26.0

require (
	github.com/alicebob/miniredis/v2 v2.40.0
	github.com/kustomer-go/kustomer v0.0.0
	github.com/kustomer-go/kustomer/otelkustomer v0.0.0
	github.com/kustomer-go/kustomer/redislimit v0.0.0
	github.com/redis/go-redis/v9 v9.23.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	github.com/yuin/gopher-lua v1.1.1 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.47.0 // indirect
	go.opentelemetry.io/otel/log v1.47.0 // indirect
	go.opentelemetry.io/otel/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/trace v1.47.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
)

replace (
	github.com/kustomer-go/kustomer => ../..
	github.com/kustomer-go/kustomer/otelkustomer => ../../otelkustomer
	github.com/kustomer-go/kustomer/redislimit => ../../redislimit
)
