package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A problem is a fault of an input.
type problem struct {
	file    string // relative to the root
	line    int
	message string
}

// Problems collects faults, so that one run reports all of them.
type problems []problem

func (p *problems) add(file string, line int, format string, args ...any) {
	*p = append(*p, problem{file, line, fmt.Sprintf(format, args...)})
}

// err returns the problems in the order of their places, or nil if there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return slices.Compact(p)
}

func (p problems) Error() string {
	var lines []string
	for _, one := range p {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", one.file, one.line, one.message))
	}
	return strings.Join(lines, "\n")
}
