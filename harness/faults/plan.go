package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

// A plan is one call and what goes wrong with it.
type plan struct {
	faults   []faultproxy.Fault // one for each request, from the first
	refused  bool               // nobody listens; there is no fault then
	kept     bool               // on a connection that has served calls before
	kind     callKind
	size     int // of padding in its body
	attempts int
	repeat   bool          // a create may be sent again
	noWait   bool          // there is no time for a pause between attempts
	patience time.Duration // 0 is enough
	leave    leave
}

// leave is who loses patience.
type leave uint8

const (
	byTimeout  leave = iota // of the attempt
	byDeadline              // of the caller
	byCancel
)

// patient is more than anything takes here, unless it never ends.
const patient = 20 * time.Second

// newPlan draws a plan for a client that speaks that protocol.
func newPlan(rng *rand.Rand, protocol string) plan {
	p := plan{kind: callKind(rng.IntN(int(callKinds))), kept: rng.IntN(4) > 0, attempts: 1, leave: leave(rng.IntN(3))}
	if rng.IntN(8) == 0 {
		p.size = rng.IntN(50_000)
	}
	if rng.IntN(4) == 0 {
		p.attempts = 2 + rng.IntN(2)
		p.noWait = rng.IntN(2) == 0
	}
	p.repeat = rng.IntN(3) == 0
	if rng.IntN(60) == 0 {
		p.refused = true
		return p
	}
	f := newFault(rng, protocol)
	mixed := rng.IntN(2) == 0
	for range 1 + rng.IntN(p.attempts) {
		p.faults = append(p.faults, f)
		if mixed {
			f = newFault(rng, protocol)
		}
		if mixed && overTLS(protocol) && rng.IntN(2) == 0 {
			f = faultproxy.Fault{Moment: faultproxy.InHandshake, At: f.At} // surely not sent, after one that perhaps was
		}
	}
	if p.faults[0].Moment == faultproxy.InHandshake {
		p.kept = false
	}
	hurry := rng.IntN(2) == 0
	if slices.ContainsFunc(p.faults, func(f faultproxy.Fault) bool {
		return f.Manner == faultproxy.Stall || f.Manner == faultproxy.Late || f.Manner == faultproxy.Trickle && hurry
	}) {
		p.patience = time.Duration(20+rng.IntN(20)) * time.Millisecond
	}
	return p
}

func newFault(rng *rand.Rand, protocol string) faultproxy.Fault {
	f := faultproxy.Fault{At: rng.Float64(), Manner: faultproxy.Manner(rng.IntN(5))}
	first := faultproxy.BeforeRequest
	if overTLS(protocol) {
		first = faultproxy.InHandshake
	}
	f.Moment = first + faultproxy.Moment(rng.IntN(int(faultproxy.AfterAnswer-first)+1))
	switch n := rng.IntN(20); {
	case n == 0:
		f.Moment, f.Manner = faultproxy.BeforePassing, faultproxy.Late
	case n == 1:
		f.Moment = [...]faultproxy.Moment{faultproxy.InRequestBody, faultproxy.AfterAnswer}[rng.IntN(2)]
		f.Manner = faultproxy.Trickle
	case n < 7 && isHTTP2(protocol):
		leaveStreams(rng, &f)
	case n < 12:
		f.Moment = faultproxy.BeforePassing + faultproxy.Moment(rng.IntN(2))
		f.Manner = [...]faultproxy.Manner{faultproxy.Close, faultproxy.Reset, faultproxy.Stall}[rng.IntN(3)]
		spoil(rng, &f, protocol)
	}
	if f.Moment == faultproxy.AfterAnswer && f.Manner == faultproxy.Stall {
		f.Manner = faultproxy.Close // nothing is left to stall
	}
	return f
}

// leaveStreams makes f one of HTTP/2: the server leaves, or gives up a request. It says that it has not taken a request
// only where that is true.
func leaveStreams(rng *rand.Rand, f *faultproxy.Fault) {
	if rng.IntN(2) == 0 {
		f.Manner, f.Code = faultproxy.GoAway, [...]uint32{faultproxy.NoError, faultproxy.InternalError, faultproxy.EnhanceYourCalm}[rng.IntN(3)]
		f.Moment = [...]faultproxy.Moment{faultproxy.BeforePassing, faultproxy.AfterPassing, faultproxy.InAnswerBody, faultproxy.AfterAnswer}[rng.IntN(4)]
		return
	}
	f.Manner = faultproxy.ResetStream
	f.Moment = [...]faultproxy.Moment{faultproxy.BeforePassing, faultproxy.AfterPassing, faultproxy.InAnswerBody}[rng.IntN(3)]
	codes := []uint32{faultproxy.NoError, faultproxy.ProtocolError, faultproxy.InternalError, faultproxy.CancelError, faultproxy.RefusedStream}
	if f.Moment > faultproxy.BeforePassing {
		codes = codes[:4]
	}
	f.Code = codes[rng.IntN(len(codes))]
}

func spoil(rng *rand.Rand, f *faultproxy.Fault, protocol string) {
	switch {
	case isHTTP2(protocol):
		f.Spoil = [...]faultproxy.Spoil{faultproxy.Noise, faultproxy.StatusLine, faultproxy.Flood, faultproxy.HugeHeader}[rng.IntN(4)]
	case f.Moment == faultproxy.BeforePassing:
		f.Spoil = faultproxy.Noise + faultproxy.Spoil(rng.IntN(int(faultproxy.Claiming-faultproxy.Noise)))
	default:
		for f.Spoil == faultproxy.NoSpoil || f.Spoil == faultproxy.Claiming {
			f.Spoil = faultproxy.Spoil(rng.IntN(int(faultproxy.Spoils)))
		}
	}
	// Those two take ten megabytes each.
	if (f.Spoil == faultproxy.Flood || f.Spoil == faultproxy.HugeHeader) && !isHTTP2(protocol) && rng.IntN(4) > 0 {
		f.Spoil = faultproxy.Noise
	}
}

// fault is the first one, if any.
func (p *plan) fault() faultproxy.Fault {
	if p.refused {
		return faultproxy.Fault{}
	}
	return p.faults[0]
}

// class is the row of the table.
func (p *plan) class(protocol string) string {
	if protocol == "" {
		protocol = "http/1.1"
	} else if protocol == "http/1.1" {
		protocol = "tls"
	}
	f := p.fault()
	switch {
	case p.refused:
		return protocol + ": nobody listens"
	case f.Spoil != faultproxy.NoSpoil:
		return fmt.Sprintf("%s: %s %s", protocol, f.Spoil, f.Moment)
	}
	return fmt.Sprintf("%s: %s %s", protocol, f.Manner, f.Moment)
}

// String says all that somebody needs who looks for the reason of a failure.
func (p *plan) String() string {
	what := "nobody listens"
	if !p.refused {
		what = ""
		for _, f := range p.faults {
			what += fmt.Sprintf("[%s at %.3f]", f, f.At)
		}
	}
	return fmt.Sprintf("%s with %d bytes more, %d attempts (repeat %t, no wait %t), kept %t, patience %s (%d): %s",
		p.kind, p.size, p.attempts, p.repeat, p.noWait, p.kept, p.patience, p.leave, what)
}
