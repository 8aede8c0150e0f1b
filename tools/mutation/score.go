package main

import "fmt"

// The words of gremlins for what became of a mutant.
const (
	killed     = "KILLED"
	lived      = "LIVED"
	timedOut   = "TIMED OUT"   // the tests did not end: they noticed
	notViable  = "NOT VIABLE"  // it did not compile
	notCovered = "NOT COVERED" // no part of the sample
)

// A score counts the mutants of a package.
type score struct {
	killed, lived, timedOut, notViable int
}

func (s *score) count(status string) {
	switch status {
	case killed:
		s.killed++
	case lived:
		s.lived++
	case timedOut:
		s.timedOut++
	case notViable:
		s.notViable++
	}
}

// rate is the part of the mutants that the tests noticed, in percent.
func (s *score) rate() float64 {
	noticed := s.killed + s.timedOut
	if noticed+s.lived == 0 {
		return 100
	}
	return 100 * float64(noticed) / float64(noticed+s.lived)
}

func (s *score) String() string {
	return fmt.Sprintf("%.1f %% of %d mutants killed (%d by a time-out), %d live; %d more did not compile",
		s.rate(), s.killed+s.timedOut+s.lived, s.timedOut, s.lived, s.notViable)
}
