package main

import (
	"cmp"
	"encoding/json"
	"os"
	"strings"
)

// nodeDependencies returns the packages of a lock file, which has their licences.
func nodeDependencies(path string) ([]dependency, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Link             bool
		}
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		return nil, err
	}
	var deps []dependency
	for folder, p := range lock.Packages {
		i := strings.LastIndex(folder, "node_modules/")
		if i < 0 || p.Link {
			continue // the package itself
		}
		deps = append(deps, dependency{folder[i+len("node_modules/"):], p.Version, cmp.Or(p.License, "not stated")})
	}
	return deps, nil
}
