package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// write puts all files in place, or leaves everything as it was.
func write(root string, outputs []output) (err error) {
	staged := make([]string, len(outputs))
	defer func() {
		for _, name := range staged {
			if name != "" {
				err = errors.Join(err, os.Remove(name))
			}
		}
	}()
	for i, out := range outputs {
		if staged[i], err = stage(root, out); err != nil {
			return err
		}
	}

	var undo []func() error
	for i, out := range outputs {
		name := filepath.Join(root, filepath.FromSlash(out.name))
		before, readErr := os.ReadFile(name)
		if err := os.Rename(staged[i], name); err != nil {
			for _, step := range undo {
				err = errors.Join(err, step())
			}
			return fmt.Errorf("cannot replace %s; all files are as they were: %w", out.name, err)
		}
		staged[i] = ""
		undo = append(undo, func() error {
			if errors.Is(readErr, os.ErrNotExist) {
				return os.Remove(name)
			}
			return os.WriteFile(name, before, 0o644)
		})
	}
	return nil
}

// stage writes a file beside the one that it will replace.
func stage(root string, out output) (string, error) {
	name := filepath.Join(root, filepath.FromSlash(out.name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".gen-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(out.data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
