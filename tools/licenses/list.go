package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A dependency is one module or package, with its licence.
type dependency struct{ name, version, licence string }

// list returns the whole file.
func list(root string) (string, error) {
	folders, err := modules(root)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("<!-- Made by make licenses; do not edit. -->\n\n# Licences of third parties\n\n" +
		"What is built from the root module reaches the users of this module. All else serves this repository alone.\n")
	for _, folder := range folders {
		deps, err := goDependencies(filepath.Join(root, folder))
		if err != nil {
			return "", fmt.Errorf("%s: %w", folder, err)
		}
		title := "Module " + folder
		if folder == "." {
			title = "The root module"
		}
		section(&b, title, deps)
	}
	locks, err := find(root, "package-lock.json")
	if err != nil {
		return "", err
	}
	for _, folder := range locks {
		deps, err := nodeDependencies(filepath.Join(root, folder, "package-lock.json"))
		if err != nil {
			return "", fmt.Errorf("%s: %w", folder, err)
		}
		section(&b, "Node packages of "+folder, deps)
	}
	return b.String(), nil
}

// section writes a table. What has no licence that can be told is an error of the reader's to look into, so it is shown as such.
func section(b *strings.Builder, title string, deps []dependency) {
	slices.SortFunc(deps, func(x, y dependency) int {
		return cmp.Or(cmp.Compare(x.name, y.name), cmp.Compare(x.version, y.version))
	})
	fmt.Fprintf(b, "\n## %s\n\n", title)
	if len(deps) == 0 {
		b.WriteString("None.\n")
		return
	}
	b.WriteString("| name | version | licence |\n| --- | --- | --- |\n")
	for _, d := range slices.Compact(deps) {
		fmt.Fprintf(b, "| %s | %s | %s |\n", d.name, d.version, d.licence)
	}
}

// modules returns the folders of all Go modules, the root first.
func modules(root string) ([]string, error) { return find(root, "go.mod") }

// find returns the folders below root that hold a file of that name, in order.
func find(root, name string) (folders []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root):
			return fs.SkipDir
		case d.Name() != name:
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		folders = append(folders, filepath.ToSlash(folder))
		return err
	})
	slices.Sort(folders)
	return folders, err
}

// licenceOf reads the licence in the folder of a module.
func licenceOf(folder string) string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "not stated"
	}
	var names []string
	for _, e := range entries {
		upper := strings.ToUpper(e.Name())
		if strings.HasPrefix(upper, "LICENSE") || strings.HasPrefix(upper, "LICENCE") || strings.HasPrefix(upper, "COPYING") {
			names = append(names, e.Name())
		}
	}
	var found []string
	for _, name := range names {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err == nil {
			found = append(found, classify(string(text)))
		}
	}
	slices.Sort(found)
	return cmp.Or(strings.Join(slices.Compact(found), ", "), "not stated")
}
