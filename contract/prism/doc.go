// Package prism runs the client against Stoplight Prism, a server that this repository did not write and that knows
// nothing but api/openapi.yaml. Its tests need that server: `make test-prism` starts it and gives them its addresses.
package prism
