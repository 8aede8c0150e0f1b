// Package faults tests what the client reports about calls whose connections fail.
//
// A proxy between the client and the fake of package kustomertest breaks connections, over HTTP/1.1 and HTTP/2, with and
// without TLS. The tests compare what the client reports with what the fake has applied:
//
//   - A write that is reported as applied was applied.
//   - A write that is reported as not applied was not applied.
//   - The outcome is unknown only if the write may have been sent.
//   - A write that must not be repeated is sent once.
//   - The next call succeeds, and no permit of the limiter, no connection and no goroutine is left.
//
// Examples:
//
//	go test ./faults                            400 calls
//	go test ./faults -faults 12000 -v           12,000 calls
//	go test ./faults -faults 12000 -seed 7      the same calls each time
//	go test ./faults -seed 7 -batch 31 -v       one batch of calls, each logged
package faults
