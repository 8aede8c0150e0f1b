package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// compare tells which generated files are not what the inputs give.
func compare(root string, outputs []output) error {
	var differences []string
	for _, out := range outputs {
		disk, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(out.name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			differences = append(differences, out.name+":1: is missing")
		case err != nil:
			return err
		default:
			if disk = unixLines(disk); !bytes.Equal(disk, out.data) {
				differences = append(differences, out.name+firstDifference(disk, out.data))
			}
		}
	}
	surplus, err := surplusFiles(root, outputs)
	if err != nil {
		return err
	}
	for _, name := range surplus {
		differences = append(differences, name+":1: is not generated any more; delete it")
	}
	if differences == nil {
		return nil
	}
	slices.Sort(differences)
	return fmt.Errorf("%s\nthe generated files are not current: run `make generate` and commit the result",
		strings.Join(differences, "\n"))
}

// firstDifference returns the place and both texts of the first line that differs.
func firstDifference(disk, want []byte) string {
	on, gives := strings.SplitAfter(string(disk), "\n"), strings.SplitAfter(string(want), "\n")
	i := 0
	for i < len(on) && i < len(gives) && on[i] == gives[i] {
		i++
	}
	return fmt.Sprintf(":%d: is not current\n\ton disk:   %s\n\tgenerated: %s", i+1, line(on, i), line(gives, i))
}

func line(lines []string, i int) string {
	if i >= len(lines) || lines[i] == "" {
		return "(end of file)"
	}
	text, ended := strings.CutSuffix(lines[i], "\n")
	if !ended {
		return fmt.Sprintf("%q (no line break)", text)
	}
	return fmt.Sprintf("%q", text)
}

// surplusFiles returns the files of earlier runs that are made no more.
func surplusFiles(root string, outputs []output) ([]string, error) {
	var surplus, seen []string
	for _, out := range outputs {
		dir := path.Dir(out.name)
		if slices.Contains(seen, dir) {
			continue
		}
		seen = append(seen, dir)
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name := path.Join(dir, filepath.Base(file))
			if slices.ContainsFunc(outputs, func(o output) bool { return o.name == name }) {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			if bytes.HasPrefix(data, []byte(generatedBy)) {
				surplus = append(surplus, name)
			}
		}
	}
	return surplus, nil
}
