// Command compat compares the exported Go API and the documents in api/ with the last release. Before the first release it
// compares with the commit that compat/baseline names. It fails if a change breaks programs and CHANGELOG.md does not
// announce it.
//
//	go run . ..
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const changelogFile = "CHANGELOG.md"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: compat root")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		os.Exit(1)
	}
}

func run(root string, stdout io.Writer) error {
	ref, release, err := reference(root)
	if err != nil {
		return err
	}
	old, err := checkout(root, ref)
	if err != nil {
		return err
	}
	defer os.RemoveAll(old)
	changelog, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return err
	}
	entries, err := announcements(string(changelog), release)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "compared with", ref)
	changes, err := compare(old, root)
	if err != nil {
		return err
	}
	return judge(stdout, changes, entries)
}

// compare finds what breaks between two checkouts of the module.
func compare(old, root string) ([]change, error) {
	documents, err := compareDocuments(old, root)
	if err != nil {
		return nil, err
	}
	packages, err := comparePackages(old, root)
	return append(documents, packages...), err
}

// A change breaks programs. An entry of the changelog announces it by its names.
type change struct {
	names []string
	text  string
}

func (c change) String() string { return "`" + strings.Join(c.names, "` `") + "`: " + c.text }

// judge prints the changes and fails if one of them is not announced.
func judge(w io.Writer, changes []change, entries []entry) error {
	unannounced := 0
	for _, c := range changes {
		label := "announced"
		if !c.announced(entries) {
			label = "BREAKING"
			unannounced++
		}
		fmt.Fprintf(w, "%s: %s\n", label, c)
	}
	fmt.Fprintf(w, "breaking changes: %d, not announced: %d\n", len(changes), unannounced)
	if unannounced > 0 {
		return errors.New("undo each breaking change, or announce it in " + changelogFile +
			": an entry below \"### Breaking\" has the names in backquotes that are before the colon")
	}
	return nil
}
