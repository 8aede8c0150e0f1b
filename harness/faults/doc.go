// Package faults tests what the client reports about calls whose connections fail.
//
// A proxy between the client and the fake of package kustomertest breaks connections, over HTTP/1.1 and HTTP/2, with and
// without TLS. What the client reports is compared with what the fake has applied: a write that is reported as applied must be
// applied, one that is reported as not applied must not be, its outcome may be unknown only if it may have been sent, and a
// write that must not be repeated is sent once. After each call another one succeeds, and no permit of the limiter, no
// connection and no goroutine is left.
//
//	go test ./faults                            some hundred faults
//	go test ./faults -faults 12000 -v           more of them
//	go test ./faults -faults 12000 -seed 7      the same ones again
//	go test ./faults -seed 7 -batch 31 -v       one batch, with a log
package faults
