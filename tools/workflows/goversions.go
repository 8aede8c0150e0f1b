package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

var goLine = regexp.MustCompile(`(?m)^go 1\.(\d+)`)

// goMinors are the two lines of Go that are supported: that of the module, and the next.
func goMinors(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m := goLine.FindSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%s has no go line", file)
	}
	minor, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return nil, err
	}
	return []string{fmt.Sprintf("1.%d.x", minor), fmt.Sprintf("1.%d.x", minor+1)}, nil
}
