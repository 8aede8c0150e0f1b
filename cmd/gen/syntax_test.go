package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// A slip at any line is found there, however long the file and whatever multi-line values stand before it.
func TestBrokenLine(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, "key%d:\n  list: [a,\n    b,\n    c]\n  text: \"one\n    two\"\n", i)
	}
	lines := strings.SplitAfter(b.String(), "\n")
	for _, at := range []int{1, 7, 451, 895} {
		for _, slip := range []string{"\tkey: value\n", "key: [\n", "key: 'text\n", "key: a: b\n", "key\n", " key: a\nkey: b\n"} {
			data := strings.Join(lines[:at-1], "") + slip + strings.Join(lines[at-1:], "")
			if got := brokenLine([]byte(data)); got < at || got > at+1 {
				t.Errorf("%q in line %d: found in line %d", slip, at, got)
			}
		}
	}
}

func TestBrokenLineOfOneLine(t *testing.T) {
	if got := brokenLine([]byte("a: [")); got != 1 {
		t.Errorf("found in line %d", got)
	}
}

func TestBrokenLineIsQuick(t *testing.T) {
	data := append(bytes.Repeat([]byte("- {key: value, other: value}\n"), 2000), "]"...)
	if got := brokenLine(data); got != 2001 {
		t.Errorf("found in line %d", got)
	}
}
