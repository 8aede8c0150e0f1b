package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"gopkg.in/yaml.v3"
)

var yamlLine = regexp.MustCompile(`^yaml: (line \d+: )?`)

// syntaxMessage takes the line out of a message of the YAML parser: often it is the line where the surrounding mapping
// begins, hundreds of lines above the slip, or the one before.
func syntaxMessage(err error) string { return yamlLine.ReplaceAllString(err.Error(), "") }

// brokenLine returns the first line at which a file stops being YAML.
//
// From the slip on, no beginning of the file can be read. Before it, every one can that does not end within brackets
// or quotes; such gaps are short, which is why a search by halves lands in one at most and looks beyond it.
func brokenLine(data []byte) int {
	const gap = 60
	lines := bytes.SplitAfter(data, []byte("\n"))
	readable := func(n int) bool {
		var doc yaml.Node
		decoder := yaml.NewDecoder(bytes.NewReader(bytes.Join(lines[:n], nil)))
		for {
			if err := decoder.Decode(&doc); err != nil {
				return errors.Is(err, io.EOF)
			}
		}
	}
	good, bad := 0, len(lines)
	for bad-good > 1 {
		middle := (good + bad) / 2
		best := -1
		for n := middle; n < min(bad, middle+gap) && best < 0; n++ {
			if readable(n) {
				best = n
			}
		}
		if best >= 0 {
			good = best
		} else {
			bad = middle
		}
	}
	return bad
}
