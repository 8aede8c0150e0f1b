package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A mutant is one change of one operator, by where it is rather than by its line's number, which changes with every edit.
type mutant struct {
	file string // below the root
	code string // the line, with the operator in ‹ ›
	kind string // of the change, in the words of gremlins
	// status is what became of it; empty in what is explained.
	status string
}

func (m mutant) String() string { return fmt.Sprintf("%s: %s (%s)", m.file, m.code, m.kind) }

// operator is what gremlins changes.
var operator = regexp.MustCompile(`^(<<=|>>=|&\^=|&&|\|\||<=|>=|==|!=|<<|>>|&\^|\+\+|--|[-+*/%&|^]=|[-+*/%&|^<>]|break|continue)`)

// codeAt returns the line with what stands at the column, which counts bytes from 1, in ‹ ›.
func codeAt(line string, column int) string {
	i := column - 1
	if i < 0 || i >= len(line) {
		return strings.TrimSpace(line)
	}
	op := operator.FindString(line[i:])
	return strings.TrimSpace(line[:i] + "‹" + op + "›" + line[i+len(op):])
}

// explained reads the table of survivors: the file, the code, the kind, and why nobody could notice.
func explained(text string) (map[mutant]bool, error) {
	known := make(map[mutant]bool)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| file ") || strings.HasPrefix(line, "| --- ") {
			continue
		}
		cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00"), "|")
		for i := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|")
		}
		if len(cells) != 4 || cells[3] == "" {
			return nil, fmt.Errorf("%s: not the four cells of a survivor: %s", survivorsFile, line)
		}
		known[mutant{file: cells[0], code: strings.Trim(cells[1], "`"), kind: cells[2]}] = true
	}
	return known, nil
}
