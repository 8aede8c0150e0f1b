package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// external are the packages outside the module. Both states of the module are compared on the same ones, those that the
// working tree has, so that neither Go's version nor that of a dependency makes a difference.
type external map[string]*types.Package

// loadExternal loads what any of the states imports. What cannot be loaded is left out.
func loadExternal(root string, states ...files) (external, error) {
	paths := map[string]bool{}
	for _, state := range states {
		for name, data := range state {
			if path.Ext(name) != ".go" {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly)
			if err != nil {
				return nil, err
			}
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err == nil && imported != "unsafe" && !inModule(imported, state.module()) {
					paths[imported] = true
				}
			}
		}
	}
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	const mode = packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedExportFile
	loaded, err := packages.Load(&packages.Config{Mode: mode, Dir: dir, Fset: token.NewFileSet()}, slices.Sorted(maps.Keys(paths))...)
	if err != nil {
		return nil, fmt.Errorf("cannot load what the packages import: %w", err)
	}
	ext := external{"unsafe": types.Unsafe}
	for _, p := range loaded {
		if len(p.Errors) == 0 && p.Types != nil {
			ext[p.PkgPath] = p.Types
		}
	}
	return ext, nil
}

var errMissing = errors.New("is not a dependency any more")

func (e external) Import(path string) (*types.Package, error) {
	if p := e[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %s %w", path, errMissing)
}

func inModule(path, module string) bool {
	return path == module || strings.HasPrefix(path, module+"/")
}
