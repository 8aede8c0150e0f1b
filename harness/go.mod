// Programs and tests that judge the library from outside: the rate-limit simulation, connection faults, and the
// verification against a sandbox. A module of its own, so that readers and users of the library do not meet it.
module github.com/kustomer-go/kustomer/harness

go 1.26.0

require (
	github.com/kustomer-go/kustomer v0.0.0
	golang.org/x/net v0.62.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/kustomer-go/kustomer => ..
