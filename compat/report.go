package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A change breaks something that users may rely on.
type change struct {
	place []string // what an announcement has to name: a symbol, or an operation and a field
	text  string
	whole bool // it is about a whole operation, which an entry about a part of it does not announce
}

func (c change) String() string { return "`" + strings.Join(c.place, "` `") + "`: " + c.text }

// announced tells whether one entry of the changelog names the whole place. A change of a whole
// operation needs an entry that names nothing else, or any entry about one of its fields would do.
func (c change) announced(entries []map[string]bool) bool {
	return slices.ContainsFunc(entries, func(names map[string]bool) bool {
		if c.whole && len(names) != 1 {
			return false
		}
		return !slices.ContainsFunc(c.place, func(name string) bool { return !names[name] })
	})
}

// A report is the outcome of a comparison.
type report struct {
	documents, packages []string // what was compared
	aliased             int      // types of other packages of the module that these packages show
	breaking            []change
	additions           int
	notes               []string
}

// print lists all changes, one a line, and fails if one is not announced.
func (r report) print(w io.Writer, entries []map[string]bool) error {
	fmt.Fprintf(w, "documents: %s\n", strings.Join(r.documents, ", "))
	fmt.Fprintf(w, "packages: %s, and %d types of other packages that these show\n", strings.Join(r.packages, ", "), r.aliased)
	for _, note := range r.notes {
		fmt.Fprintln(w, "note:", note)
	}
	unannounced, announced := 0, 0
	for _, c := range r.breaking {
		if c.announced(entries) {
			announced++
			fmt.Fprintf(w, "announced: %s\n", c)
		} else {
			unannounced++
			fmt.Fprintf(w, "BREAKING: %s\n", c)
		}
	}
	fmt.Fprintf(w, "breaking changes: %d not announced, %d announced; other changes: %d\n", unannounced, announced, r.additions)
	if unannounced > 0 {
		fmt.Fprintf(w, "Take them back, or announce each in %s: an entry below \"### Breaking\" that has what stands in "+
			"backquotes before the colon, and of a whole operation nothing else in backquotes. See CONTRIBUTING.md.\n", changelogFile)
		return errUnannounced
	}
	return nil
}

// compare finds what is broken between two states of the module.
func compare(root string, old, now files) (report, error) {
	ext, err := loadExternal(root, old, now)
	if err != nil {
		return report{}, err
	}
	return compareWith(ext, old, now)
}

func compareWith(ext external, old, now files) (report, error) {
	var r report
	if err := compareDocuments(&r, old, now); err != nil {
		return r, err
	}
	return r, comparePackages(&r, ext, old, now)
}
