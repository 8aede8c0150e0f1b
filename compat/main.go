// Command compat compares the exported Go API of the released modules, and the documents in api/, with the last release, or with
// the commit in compat/baseline while there is no release. It fails if a change breaks programs and CHANGELOG.md does not
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
	changelog, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return err
	}
	entries, err := announcements(string(changelog), release)
	if err != nil {
		return err
	}
	old, err := checkout(root, ref)
	defer os.RemoveAll(old)
	if err != nil {
		return err
	}
	changes, err := compare(old, root)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "compared with", ref)
	unannounced := 0
	for _, c := range changes {
		label := "announced"
		if !c.announced(entries) {
			label = "BREAKING"
			unannounced++
		}
		fmt.Fprintf(stdout, "%s: %s\n", label, c)
	}
	fmt.Fprintf(stdout, "breaking changes: %d, not announced: %d\n", len(changes), unannounced)
	if unannounced > 0 {
		return errors.New("undo each breaking change, or announce it in " + changelogFile +
			" below \"### Breaking\": one entry must have all names that are before the colon, in backquotes")
	}
	return nil
}

// compare finds what breaks between two checkouts of the repository.
func compare(old, root string) ([]change, error) {
	documents, err := compareDocuments(old, root)
	packages, packagesErr := comparePackages(old, root)
	return append(documents, packages...), errors.Join(err, packagesErr)
}
