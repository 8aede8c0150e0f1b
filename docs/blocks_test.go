// Package docs has no code. Its tests compile and run the code of the documentation, and compare the declarations in llms.txt
// with those of the packages.
package docs

import (
	"os"
	"strings"
	"testing"
)

// A block is a block of Go code in a document.
type block struct {
	file string
	line int // of its first line of code
	code string
}

// blocks returns the Go blocks of a document whose first line begins with start, in their order.
func blocks(t *testing.T, file, start string) []block {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []block
	var code []string
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case line == "```go":
			inside, code = true, nil
		case line == "```" && inside:
			inside = false
			if len(code) > 0 && strings.HasPrefix(code[0], start) {
				found = append(found, block{file, i + 1 - len(code), strings.Join(code, "\n") + "\n"})
			}
		case inside:
			code = append(code, line)
		}
	}
	return found
}
