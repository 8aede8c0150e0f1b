package faults

import (
	"fmt"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

const (
	minTook = 0.85   // of the faults of patient callers
	longRun = 10_000 // calls, among which each fault takes place
)

// A summary counts results.
type summary struct {
	calls, wrong         int
	patient, patientTook int // calls whose caller does not give up, and those of them whose fault took place
	reported             map[report]int
	took                 map[kind]int // faults that took place
}

// A kind is a fault, and the protocol that it happens to.
type kind struct {
	protocol faultproxy.Protocol
	fault    faultproxy.Fault // with At 0
}

func newSummary() *summary { return &summary{reported: make(map[report]int), took: make(map[kind]int)} }

func (s *summary) add(r *result) {
	s.calls++
	s.reported[r.reported]++
	s.wrong += min(len(r.problems()), 1)
	if len(r.faults) == 0 {
		return
	}
	took := min(r.faultsSeen, 1)
	f := r.faults[0]
	f.At = 0
	s.took[kind{r.protocol, f}] += took
	if r.patience == 0 {
		s.patient++
		s.patientTook += took
	}
}

// missing returns what a run lacks to prove anything.
func (s *summary) missing() []string {
	var all []string
	if float64(s.patientTook) < minTook*float64(s.patient) || s.patient < s.calls/4 {
		all = append(all, fmt.Sprintf("only %d of %d faults took place whose callers are patient", s.patientTook, s.patient))
	}
	if s.calls < longRun {
		return all
	}
	for _, p := range faultproxy.Protocols {
		for _, f := range faultproxy.All(p) {
			if s.took[kind{p, f}] == 0 {
				all = append(all, fmt.Sprintf("%s: no fault of this kind took place: %s", p, f))
			}
		}
	}
	return all
}
