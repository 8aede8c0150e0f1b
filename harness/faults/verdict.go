package faults

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
	"golang.org/x/net/http2"
)

// A report is what the client reports about a call.
type report string

const (
	success      report = "success"
	applied      report = "applied"
	unknown      report = "unknown"
	notApplied   report = "not applied"
	undocumented report = "undocumented" // an error of no documented type, or one that contradicts itself
)

// reportOf returns what an error reports.
func reportOf(err error) (report, *client.Error) {
	if err == nil {
		return success, nil
	}
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return undocumented, nil
	}
	_, isUnknown := errors.AsType[*client.OutcomeUnknownError](err)
	switch {
	case isUnknown != (e.Outcome == client.OutcomeUnknown):
		return undocumented, e
	case isUnknown:
		return unknown, e
	case e.Outcome == client.OutcomeApplied:
		return applied, e
	}
	return notApplied, e
}

// problems returns what is wrong with a result.
func (r *result) problems() []string {
	var found []string
	must := func(ok bool, format string, args ...any) {
		if !ok {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	must(r.reported != undocumented, "the error is not documented: %#v", r.err)
	must(r.permits == 0, "%d permits of the limiter are held", r.permits)
	must(r.next == nil, "the next call fails: %v", r.next)
	must(r.left == 0, "%d connections or requests are left", r.left)
	must(r.attempts <= r.maxAttempts, "%d attempts of %d", r.attempts, r.maxAttempts)
	must(r.requests <= r.attempts, "%d requests in %d attempts", r.requests, r.attempts)
	if r.operation.read {
		must(r.reported == success || r.reported == notApplied, "a read is reported as %s", r.reported)
	}
	if r.reported == success {
		must(r.applied > 0 || r.operation.read || r.operation.noRoute, "success, but not applied")
		must(r.id == r.expectedID || r.id == "" && r.operation.raw, "the response has the id %q instead of %q", r.id, r.expectedID)
	}
	if r.operation.read {
		return found
	}
	must(r.reported != applied || r.applied > 0, "reported as applied, but it is not")
	if r.reported == notApplied {
		must(r.applied == 0, "reported as not applied, but it is")
		must(r.requests == 0 || r.refusedByServer(), "reported as not applied after %d requests", r.requests)
	}
	if !r.mayRepeat() {
		must(r.applied <= 1 && r.arrived <= 1, "applied %d times, arrived %d times", r.applied, r.arrived)
		must(r.requests <= 1 || r.refusedByServer(), "sent %d times", r.requests)
	}
	must(r.reported != unknown || !r.headArrived(), "unknown, but the head of the response arrived")
	must(r.reported == notApplied || !r.notSent(), "%s, but nothing could be sent", r.reported)
	return found
}

// refusedByServer reports whether the server has said that it did not process a request.
func (r *result) refusedByServer() bool {
	return slices.ContainsFunc(r.faults, func(f faultproxy.Fault) bool {
		return f.Moment == faultproxy.BeforeForwarding && (f.Manner == faultproxy.GoAway || f.Code == http2.ErrCodeRefusedStream)
	})
}

// headArrived reports whether the client certainly got the head of the response to its only request.
func (r *result) headArrived() bool {
	return r.faultsSeen == 1 && r.faults[0].Moment >= faultproxy.InResponseBody && r.patience == 0
}

// notSent reports whether certainly no byte of a request was sent: nobody listens, or all attempts fail in the TLS handshake,
// which the client sees unless its transport is wrapped.
func (r *result) notSent() bool {
	sent := func(f faultproxy.Fault) bool { return f.Moment != faultproxy.InHandshake }
	return len(r.faults) == 0 || !r.wrapped && len(r.faults) >= r.maxAttempts && !slices.ContainsFunc(r.faults, sent)
}
