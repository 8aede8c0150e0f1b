package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// goDependencies returns the modules whose packages are built into what a module holds: commands, tests and tools too.
func goDependencies(folder string) ([]dependency, error) {
	args := []string{"list", "-deps", "-test", "-json=Module"}
	tools, err := goCommand(folder, "list", "-f", "{{.ImportPath}}", "tool")
	if err != nil {
		return nil, err
	}
	out, err := goCommand(folder, append(append(args, "./..."), strings.Fields(string(tools))...)...)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	var deps []dependency
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
				Replace            *struct{ Path, Version, Dir string }
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return deps, nil
		} else if err != nil {
			return nil, err
		}
		m := p.Module
		if m == nil || m.Main || m.Version == "" || m.Replace != nil || seen[m.Path] {
			continue // the standard library, and what is of this repository
		}
		seen[m.Path] = true
		deps = append(deps, dependency{m.Path, m.Version, licenceOf(m.Dir)})
	}
}

func goCommand(folder string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = folder
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, &stderr)
	}
	return out, nil
}
