// A user's module. It shows what importing the client costs: see the target consumer of the Makefile.
module example.com/consumer

go 1.26

require github.com/kustomer-go/kustomer v0.0.0

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)

replace github.com/kustomer-go/kustomer => ../..
