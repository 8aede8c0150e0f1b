package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"go/version"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// A tree type-checks the packages of one state of the module, without the bodies of functions.
type tree struct {
	files   files
	module  string
	ext     external
	old     bool // its dependencies may be gone
	fset    *token.FileSet
	missing []string // dependencies that are gone
	pkgs    map[string]*pkg
}

type pkg struct {
	dir   string
	types *types.Package
	info  *types.Info
	files map[string]*ast.File // by name
}

func newTree(f files, ext external, old bool) *tree {
	return &tree{files: f, module: f.module(), ext: ext, old: old, fset: token.NewFileSet(), pkgs: map[string]*pkg{}}
}

// promised are the packages that users import, by path.
func (t *tree) promised() (map[string]*pkg, error) {
	dirs := map[string]bool{}
	for name := range t.files {
		if dir := path.Dir(name); path.Ext(name) == ".go" && importable(dir) {
			dirs[dir] = true
		}
	}
	found := map[string]*pkg{}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		p, err := t.check(path.Join(t.module, dir))
		if err != nil {
			return nil, err
		}
		if p != nil && p.types.Name() != "main" {
			found[p.types.Path()] = p
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no packages found")
	}
	return found, nil
}

// importable leaves out what is internal, programs and examples, and gen, which is outside the promise but for what other
// packages show of it.
func importable(dir string) bool {
	elements := strings.Split(dir, "/")
	return !slices.Contains([]string{"gen", "cmd", "examples"}, elements[0]) && !slices.Contains(elements, "internal")
}

// Import makes a tree the importer of its own packages.
func (t *tree) Import(path string) (*types.Package, error) {
	if !inModule(path, t.module) {
		p, err := t.ext.Import(path)
		if t.old && errors.Is(err, errMissing) {
			t.missing = append(t.missing, path)
		}
		return p, err
	}
	p, err := t.check(path)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fmt.Errorf("no package %s", path)
	}
	return p.types, nil
}

// check type-checks a package; it is nil if there is none.
func (t *tree) check(importPath string) (*pkg, error) {
	if p, ok := t.pkgs[importPath]; ok {
		return p, nil
	}
	p := &pkg{dir: strings.TrimPrefix(strings.TrimPrefix(importPath, t.module), "/"), files: map[string]*ast.File{}}
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(t.files)) {
		if path.Dir(name) != p.dir || path.Ext(name) != ".go" {
			continue
		}
		if ok, err := t.built(name); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		file, err := parser.ParseFile(t.fset, name, t.files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files[name] = file
		parsed = append(parsed, file)
	}
	if len(parsed) == 0 {
		t.pkgs[importPath] = nil
		return nil, nil
	}

	var problems []error
	config := types.Config{Importer: t, IgnoreFuncBodies: true, GoVersion: t.goVersion(), Error: func(err error) {
		if e, ok := errors.AsType[types.Error](err); !ok || !e.Soft { // a generic function without its body is a soft one
			problems = append(problems, err)
		}
	}}
	p.info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}}
	p.types, _ = config.Check(importPath, t.fset, parsed, p.info)
	t.pkgs[importPath] = p
	if len(t.missing) == 0 { // or else the errors are due to that, and what depends on it shows as changed
		return p, errors.Join(problems...)
	}
	return p, nil
}

// built tells whether a file is part of its package, on a platform that stands for all, and with the oldest Go that the
// module supports.
func (t *tree) built(name string) (bool, error) {
	context := build.Default
	context.GOOS, context.GOARCH = "linux", "amd64"
	context.ReleaseTags = nil
	_, minor, _ := strings.Cut(version.Lang(t.goVersion()), ".")
	for newest, _ := strconv.Atoi(minor); len(context.ReleaseTags) < newest; {
		context.ReleaseTags = append(context.ReleaseTags, fmt.Sprintf("go1.%d", len(context.ReleaseTags)+1))
	}
	context.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.files[name])), nil }
	return context.MatchFile(path.Dir(name), path.Base(name))
}

func (t *tree) goVersion() string {
	mod, err := modfile.ParseLax("go.mod", t.files["go.mod"], nil)
	if err != nil || mod.Go == nil {
		return ""
	}
	return "go" + mod.Go.Version
}
