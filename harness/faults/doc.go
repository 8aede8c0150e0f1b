// Package sockets judges what the client says of calls whose connections fail.
//
// Between a client with a transport of net/http and the fake of package kustomertest stands a proxy that spoils the
// connection, over TCP, TLS and HTTP/2. What the client says of the call is held against what the fake has really applied:
// a write that is said not to be applied must not be there, one that is said to be applied must be, the outcome may be
// unknown only where a byte can have left, and what must not be repeated is not repeated. Afterwards a good call works, no
// permit of the limiter is held, and no connection and no goroutine is left.
//
//	go test ./harness/faults                              some hundred faults
//	go test ./harness/faults -faults 12000 -v             more of them, and the table
//	go test ./harness/faults -faults 12000 -seed 7        the same ones again
//	go test ./harness/faults -seed 7 -batch 31 -v         one batch of them, fault by fault
package faults
