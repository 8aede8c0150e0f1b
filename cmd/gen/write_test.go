package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteReplacesAll(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "a/one", "old")
	if err := write(root, []output{{"a/one", []byte("1")}, {"b/two", []byte("2")}}); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, root, "a/one") + readFile(t, root, "b/two"); got != "12" {
		t.Errorf("files hold %q", got)
	}
	info, err := os.Stat(filepath.Join(root, "b/two"))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// The last file cannot be replaced, for a directory stands in its place.
func TestWriteThatFailsChangesNothing(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "a/one", "old")
	writeFile(t, root, "a/three/file", "in the way")
	err := write(root, []output{{"a/one", []byte("1")}, {"a/two", []byte("2")}, {"a/three", []byte("3")}})
	if err == nil {
		t.Fatal("no error")
	}
	if got := readFile(t, root, "a/one"); got != "old" {
		t.Errorf("the first file holds %q", got)
	}
	entries, err := os.ReadDir(filepath.Join(root, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("%v stand in the directory, want one and three", entries)
	}
}
