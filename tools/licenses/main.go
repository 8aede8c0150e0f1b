// Licenses lists the licences of all dependencies, of Go and of Node, in one file, or checks that the file is current.
//
//	go run ./licenses -root .. [-check]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// file is what is written, below the root.
const file = "THIRD_PARTY.md"

func main() {
	root := flag.String("root", "..", "the repository's `folder`")
	check := flag.Bool("check", false, "write nothing, but fail if the file is not current")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	text, err := list(root)
	if err != nil {
		return err
	}
	path := filepath.Join(root, file)
	if !check {
		return os.WriteFile(path, []byte(text), 0o644)
	}
	committed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if line := firstDifference(string(committed), text); line != "" {
		return fmt.Errorf("%s is not current: %s: run make licenses", file, line)
	}
	return nil
}

// firstDifference names the first line that is not as it should be, or returns "".
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return fmt.Sprintf("line %d is missing: %s", i+1, w[i])
		case i >= len(w):
			return fmt.Sprintf("line %d is too many: %s", i+1, g[i])
		case g[i] != w[i]:
			return fmt.Sprintf("line %d is %q and should be %q", i+1, g[i], w[i])
		}
	}
	return ""
}
