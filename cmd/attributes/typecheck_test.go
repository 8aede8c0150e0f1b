package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sync"
	"testing"
)

// stubs declare the parts of imported packages that generated code uses. Reading the real packages takes seconds.
// TestUserModule compiles against the real ones.
var stubs = map[string]string{
	"time":          "package time\ntype Time struct{}",
	"encoding/json": "package json\ntype Number string",
	"github.com/kustomer-go/kustomer/custom": `package custom
import ("time"; "encoding/json")
type Value struct{}
type Key[T any] struct{}
type ListKey[T any] struct{}
type Entry struct{}
func (Key[T]) List() ListKey[T]
func (Key[T]) Set(T) Entry
func Str(string) Key[string]
func Txt(string) Key[string]
func Num(string) Key[float64]
func Decimal(string) Key[json.Number]
func At(string) Key[time.Time]
func Bool(string) Key[bool]
func URL(string) Key[string]
func ID(string) Key[string]
func Tree(string) Key[string]
`,
}

type stubImporter struct {
	sync.Mutex
	packages map[string]*types.Package
}

var imports = &stubImporter{packages: make(map[string]*types.Package)}

func (i *stubImporter) Import(path string) (*types.Package, error) {
	i.Lock()
	p := i.packages[path]
	i.Unlock()
	if p != nil {
		return p, nil
	}
	source, ok := stubs[path]
	if !ok {
		return nil, fmt.Errorf("%s is imported", path)
	}
	p, err := checkTypes(path, source)
	if err == nil {
		i.Lock()
		i.packages[path] = p
		i.Unlock()
	}
	return p, err
}

func checkTypes(path, source string) (*types.Package, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "x.go", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: imports, IgnoreFuncBodies: path != "generated"}
	return config.Check(path, files, []*ast.File{file}, nil)
}

// wantValid fails unless generated code compiles and exports all its declarations.
func wantValid(t *testing.T, code []byte) *types.Package {
	t.Helper()
	pkg, err := checkTypes("generated", string(code))
	if err != nil {
		t.Fatalf("%v\n%s", err, code)
	}
	for _, name := range pkg.Scope().Names() {
		if !token.IsExported(name) {
			t.Errorf("%q is not exported", name)
		}
	}
	return pkg
}

func TestTypeErrorsAreFound(t *testing.T) {
	for _, code := range []string{
		`import "github.com/kustomer-go/kustomer/custom"` + "\nvar A = custom.Date(\"aAt\")",
		"import \"time\"\n",
		"const A = \"a\"\nconst A = \"b\"\n",
	} {
		if _, err := checkTypes("generated", "package x\n"+code); err == nil {
			t.Errorf("no error for\n%s", code)
		}
	}
}
