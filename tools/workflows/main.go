// Workflows holds the workflows of .github to what releases rest on: that no action can change under us, that no job may do
// more than it has to, and that nothing is released, or taken in, without its tests. What is wrong in a workflow by itself,
// actionlint finds.
//
//	go run ./workflows -root ..
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "..", "the repository's `folder`")
	flag.Parse()
	n, err := run(*root)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d workflows have pinned actions, few permissions and all their tests\n", n)
}

// run checks all workflows and returns how many there are.
func run(root string) (int, error) {
	minors, err := goMinors(filepath.Join(root, "go.mod"))
	if err != nil {
		return 0, err
	}
	dir := filepath.Join(root, ".github", "workflows")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	var errs []error
	seen := make(map[string]bool)
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return 0, err
		}
		seen[entry.Name()] = true
		for _, problem := range check(entry.Name(), text, minors) {
			errs = append(errs, errors.New(entry.Name()+problem))
		}
	}
	for _, name := range []string{ciFile, releaseFile} {
		if !seen[name] {
			errs = append(errs, errors.New(name+": it is not there"))
		}
	}
	return len(entries), errors.Join(errs...)
}
