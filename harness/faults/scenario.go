package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

// A scenario is a call and the faults that it meets.
type scenario struct {
	protocol    faultproxy.Protocol
	wrapped     bool
	faults      []faultproxy.Fault // one for each request, from the first; none if nobody listens
	idle        bool               // the call begins on an idle connection
	operation   *operation
	padding     int // bytes
	maxAttempts int
	retryCreate bool
	noWait      bool          // retries cannot wait
	patience    time.Duration // when the caller gives up; 0 is never
	givesUp     string        // by "timeout" of the attempt, "deadline" or "cancel"
}

func newScenario(rng *rand.Rand, e *environment) *scenario {
	s := &scenario{
		protocol: e.protocol, wrapped: e.wrapped, idle: rng.IntN(4) > 0, operation: pick(rng, operations), maxAttempts: 1,
		retryCreate: rng.IntN(3) == 0, givesUp: pick(rng, []string{"timeout", "deadline", "cancel"}),
	}
	if rng.IntN(8) == 0 {
		s.padding = rng.IntN(50_000)
	}
	if rng.IntN(4) == 0 {
		s.maxAttempts = 2 + rng.IntN(2)
		s.noWait = rng.IntN(2) == 0
	}
	if rng.IntN(60) == 0 {
		return s
	}
	possible := faultproxy.All(e.protocol)
	for i := range 1 + rng.IntN(s.maxAttempts) {
		f := pick(rng, possible)
		if f.Garbled != "" && rng.IntN(2) == 0 {
			f = pick(rng, possible) // there are many of them
		}
		if i > 0 && e.protocol.TLS() && rng.IntN(2) == 0 {
			f = faultproxy.Fault{Moment: faultproxy.InHandshake, Manner: faultproxy.Close} // certainly not sent, after a request that perhaps was
		}
		f.At = rng.Float64()
		s.faults = append(s.faults, f)
	}
	s.idle = s.idle && s.faults[0].Moment != faultproxy.InHandshake
	if slices.ContainsFunc(s.faults, func(f faultproxy.Fault) bool { return f.Manner == faultproxy.Stall }) {
		s.patience = time.Duration(20+rng.IntN(20)) * time.Millisecond
	}
	return s
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// mayRepeat reports whether the client may send the request again after an uncertain attempt.
func (s *scenario) mayRepeat() bool {
	return s.operation.repeatable || s.operation == &create && s.retryCreate
}

func (s *scenario) String() string {
	return fmt.Sprintf("%s over %s (wrapped %t, idle %t), %d bytes of padding, %d attempts (retry create %t, no wait %t), gives up after %s by %s, faults %v",
		s.operation.name, s.protocol, s.wrapped, s.idle, s.padding, s.maxAttempts, s.retryCreate, s.noWait, s.patience, s.givesUp, s.faults)
}
