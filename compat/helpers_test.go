package main

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"
)

const repository = ".."

// state loads the repository and what it imports, once for all tests. Plants are edits of these files.
var state = sync.OnceValues(func() (files, external) {
	now, err := readTree(repository)
	if err != nil {
		panic(err)
	}
	ext, err := loadExternal(repository, now)
	if err != nil {
		panic(err)
	}
	return now, ext
})

// recorded is the repository as a baseline would hold it.
var recorded = sync.OnceValue(func() files {
	now, ext := state()
	data, err := recordWith(ext, now)
	if err != nil {
		panic(err)
	}
	return filesIn(data)
})

func filesIn(archive []byte) files {
	f := files{}
	for _, file := range txtar.Parse(archive).Files {
		f[file.Name] = file.Data
	}
	return f
}

// An edit replaces the first occurrence of from behind the anchor, which has to be there.
type edit struct{ file, anchor, from, to string }

func edited(t *testing.T, f files, edits ...edit) files {
	t.Helper()
	f = maps.Clone(f)
	for _, e := range edits {
		text, found := string(f[e.file]), false
		before, after, ok := strings.Cut(text, e.anchor)
		if ok {
			head, tail, ok := strings.Cut(after, e.from)
			found = ok
			f[e.file] = []byte(before + e.anchor + head + e.to + tail)
		}
		if !found {
			t.Fatalf("%s has no %q behind %q", e.file, e.from, e.anchor)
		}
	}
	return f
}

// lines are the changes as they are printed.
func lines(changes []change) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.String())
	}
	return all
}

func contains(t *testing.T, got []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, want) }) {
		t.Errorf("no line has\n\t%s\nbut there are\n\t%s", want, strings.Join(got, "\n\t"))
	}
}

func documentChanges(t *testing.T, old, now files) report {
	t.Helper()
	var r report
	if err := compareDocuments(&r, old, now); err != nil {
		t.Fatal(err)
	}
	return r
}

func packageChanges(t *testing.T, old, now files) report {
	t.Helper()
	_, ext := state()
	var r report
	if err := comparePackages(&r, ext, old, now); err != nil {
		t.Fatal(err)
	}
	return r
}

func without(f files, dir string) files {
	f = maps.Clone(f)
	maps.DeleteFunc(f, func(name string, _ []byte) bool { return path.Dir(name) == dir })
	return f
}
