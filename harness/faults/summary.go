package faults

import (
	"fmt"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

const (
	minTook = 0.7    // of the faults; on a busy machine, callers give up before some of them
	longRun = 10_000 // calls, among which each fault takes place
)

// A summary counts results.
type summary struct {
	calls, faults, wrong int // faults that took place, and calls with problems
	reported             map[report]int
	kinds                map[kind]int // of the faults that took place
}

// A kind is a fault, and the protocol that it happens to.
type kind struct {
	protocol faultproxy.Protocol
	fault    faultproxy.Fault // with At 0
}

func (s *summary) add(r *result) {
	s.calls++
	s.reported[r.reported]++
	s.wrong += min(len(r.problems()), 1)
	if r.faultsSeen > 0 {
		f := r.faults[0]
		f.At = 0
		s.faults++
		s.kinds[kind{r.protocol, f}]++
	}
}

// missing returns what a run lacks to prove anything.
func (s *summary) missing() (all []string) {
	if float64(s.faults) < minTook*float64(s.calls) || s.calls == 0 {
		all = append(all, fmt.Sprintf("only %d faults took place in %d calls", s.faults, s.calls))
	}
	if s.calls < longRun {
		return all
	}
	for _, p := range faultproxy.Protocols {
		for _, f := range faultproxy.All(p) {
			if s.kinds[kind{p, f}] == 0 {
				all = append(all, fmt.Sprintf("%s: no fault of this kind took place: %s", p, f))
			}
		}
	}
	return all
}
