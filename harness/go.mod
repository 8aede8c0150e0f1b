// Programs and tests that use the library from outside: the rate-limit simulation, connection faults, and the
// verification against a sandbox. It is a module of its own, so that its dependencies do not reach users of the library.
module github.com/kustomer-go/kustomer/harness

go 1.26.0

require (
	github.com/kustomer-go/kustomer v0.0.0
	github.com/kustomer-go/kustomer/redislimit v0.0.0
	github.com/redis/go-redis/v9 v9.23.0
	golang.org/x/net v0.62.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace (
	github.com/kustomer-go/kustomer => ..
	github.com/kustomer-go/kustomer/redislimit => ../redislimit
)
