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
	calls, took, wrong   int // took: their fault took place, or nobody listened. Others ended before
	applied, repeated    int
	patient, patientTook int // calls whose callers do not give up
	reported             map[report]int
	kinds                map[kind]int // that took place
}

// A kind is a fault and the protocol that it happened to.
type kind struct {
	protocol faultproxy.Protocol
	fault    faultproxy.Fault // with At 0
}

func (s *summary) add(r *result) {
	if s.kinds == nil {
		s.reported, s.kinds = make(map[report]int), make(map[kind]int)
	}
	s.calls++
	s.reported[r.reported]++
	s.applied += min(r.applied, 1)
	s.repeated += max(r.applied-1, 0)
	s.wrong += min(len(r.problems()), 1)
	took := min(r.faultsSeen, 1)
	if len(r.faults) == 0 {
		s.took++
		return
	}
	s.took += took
	f := r.fault()
	f.At = 0
	s.kinds[kind{r.protocol, f}] += took
	if r.patience == 0 {
		s.patient++
		s.patientTook += took
	}
}

func (s *summary) String() string {
	return fmt.Sprintf("%d calls, faults took place in %d (%d of %d whose callers are patient), reported %v, applied %d, repeated %d, wrong %d",
		s.calls, s.took, s.patientTook, s.patient, s.reported, s.applied, s.repeated, s.wrong)
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
			if s.kinds[kind{p, f}] == 0 {
				all = append(all, fmt.Sprintf("%s: no fault of this kind took place: %s", p, f))
			}
		}
	}
	return all
}
