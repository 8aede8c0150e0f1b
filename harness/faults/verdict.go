package faults

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

// A statement is what the client says of a call.
type statement uint8

const (
	success statement = iota
	applied
	unknown
	notApplied
	nonsense // an error that is of no documented kind, or contradicts itself
	statements
)

func (s statement) String() string {
	return [...]string{"success", "applied", "unknown", "not applied", "nonsense"}[s]
}

// said reads the statement of an error.
func said(err error) (statement, *client.Error) {
	if err == nil {
		return success, nil
	}
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return nonsense, nil
	}
	_, isUnknown := errors.AsType[*client.OutcomeUnknownError](err)
	switch {
	case isUnknown != (e.Outcome == client.OutcomeUnknown):
		return nonsense, e
	case isUnknown:
		return unknown, e
	case e.Outcome == client.OutcomeApplied:
		return applied, e
	}
	return notApplied, e
}

// A deed is a call and all that came of it.
type deed struct {
	plan     *plan
	protocol string
	wrapped  bool

	said     statement
	err      error
	attempts int    // that the error speaks of, or the answer
	id       string // that was answered

	seen    faultproxy.Seen // by the proxy, during the call
	arrived int             // requests that the server has seen as a whole
	applied int             // of those, how often it applied them
	theID   string          // of the record that the call is about, if there is one
	held    int             // permits that were not given back
	after   error           // of the call after it
	leaked  int             // connections, calls of the server
}

// wrong returns all that is not as it must be.
func (d *deed) wrong() []string {
	var found []string
	must := func(ok bool, format string, args ...any) {
		if !ok {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	p, write := d.plan, !d.plan.kind.isRead()
	must(d.said != nonsense, "the error is none that is documented: %#v", d.err)
	must(d.held == 0, "%d permits of the limiter are held", d.held)
	must(d.after == nil, "a good call fails afterwards: %v", d.after)
	must(d.leaked == 0, "%d connections or calls do not end", d.leaked)
	must(d.attempts <= p.attempts, "%d attempts of %d", d.attempts, p.attempts)
	must(d.seen.Requests <= d.attempts, "%d requests in %d attempts", d.seen.Requests, d.attempts)
	if !write {
		must(d.said == success || d.said == notApplied, "a read is %s", d.said)
		must(d.said != success || d.id == "" || d.id == d.theID, "the answer is of %q instead of %q", d.id, d.theID)
		return found
	}
	sent := p.kind != postNothing // else it is refused, and its success here is the refusal
	must(d.said != success || !sent || d.applied > 0, "success, and it is not applied")
	must(d.said != applied || d.applied > 0, "said to be applied, and it is not")
	must(d.said != notApplied || d.applied == 0, "said not to be applied, and it is")
	must(d.said != success || !sent || d.id == d.theID || d.id == "" && p.kind == post, "the answer is of %q instead of %q", d.id, d.theID)
	if d.said == notApplied {
		must(d.seen.Requests == 0 || d.maySendAnew(), "said not to be sent, and %d requests were seen", d.seen.Requests)
	}
	if !p.mayRepeat() {
		must(d.applied <= 1 && d.arrived <= 1, "applied %d times, arrived %d times", d.applied, d.arrived)
		must(d.seen.Requests <= 1 || d.maySendAnew(), "sent %d times", d.seen.Requests)
	}
	must(d.said != unknown || !d.mustBeKnown(), "unknown, although the answer had begun")
	must(d.said == notApplied || !d.mustNotLeave(), "%s, although nothing could be sent", d.said)
	return found
}

// maySendAnew reports whether the server has said that it did not take the request.
func (d *deed) maySendAnew() bool {
	return slices.ContainsFunc(d.plan.faults, func(f faultproxy.Fault) bool {
		return f.Moment == faultproxy.BeforePassing && (f.Manner == faultproxy.GoAway || f.Manner == faultproxy.ResetStream && f.Code == faultproxy.RefusedStream)
	})
}

// mustBeKnown reports whether the head of the one answer has reached the client for sure.
func (d *deed) mustBeKnown() bool {
	f := d.plan.fault()
	return !d.plan.refused && d.seen.Faults == 1 && f.Moment >= faultproxy.InAnswerBody && f.Spoil == faultproxy.NoSpoil && d.plan.patience == 0
}

// mustNotLeave reports whether no byte of a request can have left: nobody listens, or every attempt has lost its connection in
// the handshake of TLS, which the client can see unless its transport is wrapped. Nothing follows from a proxy that has seen
// no connection: to the client one is there as soon as the system has taken it, and its part of a handshake ends before the
// server's does.
func (d *deed) mustNotLeave() bool {
	if d.plan.refused {
		return true
	}
	later := func(f faultproxy.Fault) bool { return f.Moment != faultproxy.InHandshake }
	return !d.wrapped && len(d.plan.faults) >= d.plan.attempts && !slices.ContainsFunc(d.plan.faults, later)
}
