package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A problem is something to repair in an input, with its place.
type problem struct {
	file    string // relative to the root
	line    int
	message string
}

func (p problem) String() string { return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.message) }

// Problems collects what is wrong, so that one run reports everything.
type problems []problem

func (p *problems) add(file string, line int, format string, args ...any) {
	// A place that is not known is the file as a whole; a line 0 would break the links that editors make.
	*p = append(*p, problem{file, max(line, 1), fmt.Sprintf(format, args...)})
}

// err returns all problems in the order of their places, each once, or nil if there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortFunc(p, func(a, b problem) int {
		return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line, strings.Compare(a.message, b.message))
	})
	return slices.Compact(p)
}

func (p problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}
