package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func write(root string, outputs []output) error {
	for _, out := range outputs {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(out.name)), out.data, 0o644); err != nil {
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
		} else if line := firstDifference(string(unixLines(disk)), string(out.data)); line != "" {
			differences = append(differences, errors.New(out.name+line))
		}
	}
	if differences == nil {
		return nil
	}
	return fmt.Errorf("%w\nthe generated files are not current: run `make generate` and commit the result", errors.Join(differences...))
}

func firstDifference(disk, want string) string {
	if disk == want {
		return ""
	}
	has, gets := strings.SplitAfter(disk, "\n"), strings.SplitAfter(want, "\n")
	i := 0
	for i < len(has)-1 && i < len(gets)-1 && has[i] == gets[i] {
		i++
	}
	return fmt.Sprintf(":%d: is not current\n\ton disk:   %q\n\tgenerated: %q", i+1, has[i], gets[i])
}
