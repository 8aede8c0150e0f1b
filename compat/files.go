package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// files are those of a module that matter here, by slash-separated name: its Go files without tests, its documents
// and its go.mod.
type files map[string][]byte

// readTree reads the files of a working tree.
func readTree(root string) (files, error) {
	all := files{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && ignored(rel) {
				return fs.SkipDir
			}
			return nil
		}
		if !relevant(rel) {
			return nil
		}
		all[rel], err = os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) { // a temporary file of somebody else
			delete(all, rel)
			return nil
		}
		return err
	})
	return ofModule(all), err
}

// relevant tells whether a file matters, by its name alone.
func relevant(name string) bool {
	if ignored(path.Dir(name)) {
		return false
	}
	base := path.Base(name)
	return base == "go.mod" || isDocument(name) ||
		path.Ext(base) == ".go" && !strings.HasSuffix(base, "_test.go") && !strings.HasPrefix(base, "_") && !strings.HasPrefix(base, ".")
}

// ignored are the directories that Go ignores.
func ignored(dir string) bool {
	for element := range strings.SplitSeq(dir, "/") {
		if element == "testdata" || strings.HasPrefix(element, "_") || len(element) > 1 && element[0] == '.' {
			return true
		}
	}
	return false
}

// isDocument tells an OpenAPI document from the overlay beside it.
func isDocument(name string) bool {
	return path.Dir(name) == "api" && path.Ext(name) == ".yaml" && !strings.Contains(path.Base(name), "overlay")
}

// ofModule leaves out what belongs to nested modules.
func ofModule(all files) files {
	own := files{}
	for name, data := range all {
		if !nested(all, path.Dir(name)) {
			own[name] = data
		}
	}
	return own
}

func nested(all files, dir string) bool {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := all[dir+"/go.mod"]; ok {
			return true
		}
	}
	return false
}

// module is the path of the module.
func (f files) module() string { return modfile.ModulePath(f["go.mod"]) }
