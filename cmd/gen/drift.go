package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func write(root string, outputs []output) error {
	for _, out := range outputs {
		file := filepath.Join(root, filepath.FromSlash(out.name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, out.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare returns an error that names the first difference of each file that is not current.
func compare(root string, outputs []output) error {
	var differences []error
	for _, out := range outputs {
		disk, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(out.name)))
		if err != nil {
			differences = append(differences, err)
		} else if !bytes.Equal(disk, out.data) {
			differences = append(differences, firstDifference(out.name, string(disk), string(out.data)))
		}
	}
	if differences == nil {
		return nil
	}
	return fmt.Errorf("%w\nthe generated files are not current: run `make generate` and commit the result", errors.Join(differences...))
}

func firstDifference(name, disk, want string) error {
	has, gets := strings.SplitAfter(disk, "\n"), strings.SplitAfter(want, "\n")
	i := 0
	for i < len(has)-1 && i < len(gets)-1 && has[i] == gets[i] {
		i++
	}
	return fmt.Errorf("%s:%d: is not current\n\ton disk:   %q\n\tgenerated: %q", name, i+1, has[i], gets[i])
}
