package main

import "testing"

func TestProblemsAreSortedAndUnique(t *testing.T) {
	var found problems
	if found.err() != nil {
		t.Error("no problems are an error")
	}
	found.add("b", 1, "x")
	found.add("a", 10, "x")
	found.add("a", 9, "z")
	found.add("a", 9, "y %d", 1)
	found.add("a", 9, "z")
	found.add("a", 0, "no line")
	if got, want := found.err().Error(), "a:1: no line\na:9: y 1\na:9: z\na:10: x\nb:1: x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
