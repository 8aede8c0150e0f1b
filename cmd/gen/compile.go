package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

const modulePath = "github.com/kustomer-go/kustomer"

// A compiler says of generated code whether it compiles, before it takes the place of code that does.
//
// It needs neither a network nor a build cache: what is imported is read from its source, as far as declarations go. Of
// packages of other modules it knows nothing, and takes what is used of them to be there.
type compiler struct {
	root string
	made map[string]*types.Package // those that were checked here
}

func newCompiler(root string) *compiler { return &compiler{root, map[string]*types.Package{}} }

// importPath returns the path of the package that a file belongs to.
func importPath(file string) string { return path.Join(modulePath, path.Dir(file)) }

// check returns what is wrong first with files that are all of one package, whose importers get it as it is here.
func (c *compiler) check(files ...output) error {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, f := range files {
		file, err := parser.ParseFile(fset, f.name, f.data, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, file)
	}
	var first error
	conf := types.Config{Importer: c, Error: func(err error) {
		if e, ok := errors.AsType[types.Error](err); ok && first == nil && !strings.Contains(e.Msg, errForeign.Error()) {
			first = errors.New(e.Msg)
		}
	}}
	name := importPath(files[0].name)
	c.made[name], _ = conf.Check(name, fset, parsed, nil) // each error was told to conf.Error
	return first
}

var errForeign = errors.New("a package of another module")

// Import is for the type checker.
func (c *compiler) Import(name string) (*types.Package, error) {
	if made := c.made[name]; made != nil {
		return made, nil
	}
	if inModule, ok := strings.CutPrefix(name, modulePath+"/"); ok {
		return declarations(name, filepath.Join(c.root, filepath.FromSlash(inModule)))
	}
	if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") {
		return nil, errForeign
	}
	return standard(name)
}

var standardPackages sync.Map // of the name to func() (*types.Package, error)

// standard reads a package of the standard library, once.
func standard(name string) (*types.Package, error) {
	read, _ := standardPackages.LoadOrStore(name, sync.OnceValues(func() (*types.Package, error) {
		return declarations(name, filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(name)))
	}))
	return read.(func() (*types.Package, error))()
}

// declarations reads what a package declares. What it takes from others is not looked up, for a type that is not known is
// wrong nowhere.
func declarations(name, dir string) (*types.Package, error) {
	found, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil, fmt.Errorf("there is no package %s", name)
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, file := range found.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Importer: noImporter{}, IgnoreFuncBodies: true, Error: func(error) {}}
	pkg, _ := conf.Check(name, fset, parsed, nil)
	pkg.MarkComplete()
	return pkg, nil
}

type noImporter struct{}

func (noImporter) Import(string) (*types.Package, error) { return nil, errForeign }
