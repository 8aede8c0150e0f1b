package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTry(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n",
		"a.go": `package a

func Half(n int) int {
	if n < 0 {
		return 0
	}
	if n > 100 || n == 99 {
		n = 100
	}
	if n > 100 {
		panic("never")
	}
	return n / 2
}
`,
		"a_test.go": `package a

import "testing"

func TestHalf(t *testing.T) {
	if Half(-8) != 0 || Half(99) != 50 {
		t.Fail()
	}
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ row, want string }{
		{"| a.go | `if n < 0 { return 0 }` | nothing | TestHalf |", ""},
		{"| a.go | `n > 100 \\|\\| n == 99` | `n > 100` | TestHalf |", ""},
		{"| a.go | `n > 100` | `false` | TestHalf |", "a.go: `n > 100` can be replaced by `false`, and TestHalf does not notice"},
		{"| a.go | `if n > 100 \\|\\| n == 99 {` | `if false {` | TestHalf |", ""},
		{"| a.go | `return 0 } if n > 100 \\|\\|` | `return 1 } if n > 100 \\|\\|` | TestHalf |", ""},
		{"| a.go | `if n < 0 { return 0 } if` | `if` | TestHalf |", ""},
		{"| a.go | `n = 100 }` | `n = 100; n++; n++ }` | TestHalf |", ""},
		{"| a.go | `if n > 101` | `if false` | TestHalf |", "a.go: `if n > 101` is not there any more"},
		{"| a.go | `return n / 2` | nothing | TestHalf |", "it does not compile"},
		{"| a.go | `return n / 2` | `return n` | TestQuarter |", "there is no test TestQuarter"},
	} {
		guards, err := list(test.row)
		if err != nil {
			t.Fatal(err)
		}
		if err := guards[0].try(dir); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.row, err)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "| a.go | `x` | `y` |", "| a.go | `x` | `y` |  |", "| a.go |  | `y` | TestX |"} {
		if guards, err := list(text); err == nil {
			t.Errorf("%q: got %v", text, guards)
		}
	}
}
