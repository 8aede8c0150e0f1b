// Package prism runs the client against Stoplight Prism, a third-party server that knows only api/openapi.yaml. Its tests need
// that server: `make test-prism` starts it and passes its addresses.
package prism
