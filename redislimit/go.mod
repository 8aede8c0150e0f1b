// A rate limiter whose budget the processes of an organisation share through Redis or Valkey. A module of its own, so that the
// client's users do not get what it requires. Miniredis serves its tests.
module github.com/kustomer-go/kustomer/redislimit

go 1.26.0

require (
	github.com/alicebob/miniredis/v2 v2.40.0
	github.com/kustomer-go/kustomer v0.0.0
	github.com/redis/go-redis/v9 v9.23.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	github.com/yuin/gopher-lua v1.1.1 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
)

replace github.com/kustomer-go/kustomer => ..
