package main

import (
	"errors"
	"fmt"
	"strings"
)

// problems collects the faults of the inputs, so that one run reports all of them.
type problems []string

// add adds a fault. The file is relative to the root.
func (p *problems) add(file string, line int, format string, args ...any) {
	*p = append(*p, fmt.Sprintf("%s:%d: ", file, line)+fmt.Sprintf(format, args...))
}

// err returns the problems, or nil if there are none.
func (p problems) err() error {
	if p == nil {
		return nil
	}
	return errors.New(strings.Join(p, "\n"))
}
