// Package clients lets clients that this repository did not write complete round trips with the fake over HTTP: one in
// TypeScript that is generated from the documents, and curl. `make test-clients` generates the first and runs both.
package clients
