// Package prism runs the client against Stoplight Prism, a third-party server that knows only the documents. Its tests need
// that server: `make test-prism` starts it and passes its addresses.
package prism
