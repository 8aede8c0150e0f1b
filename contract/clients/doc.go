// Package clients tests the fake over HTTP with third-party clients: one in TypeScript that is generated from the documents,
// and curl. `make test-clients` generates the first and runs both.
package clients
