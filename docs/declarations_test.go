package docs

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every declaration in llms.txt is one of the package that its block names. A struct whose fields are not all listed has "…" in
// a comment.
func TestDeclarations(t *testing.T) {
	generated := parse(t, "gen")
	maps.Copy(generated, parse(t, "gen/related"))
	for _, b := range blocks(t, "../llms.txt", "package ") {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", b.code, parser.ParseComments)
		if err != nil {
			t.Errorf("%s:%d: %v", b.file, b.line, err)
			continue
		}
		if file.Name.Name == "main" {
			continue
		}
		actual := parse(t, file.Name.Name)
		actual.resolve(generated)
		listed := declarations{}
		listed.addFile(fset, file)
		for _, name := range slices.Sorted(maps.Keys(listed)) {
			text := listed[name]
			if got, ok := actual[name]; !ok {
				t.Errorf("%s:%d: package %s has no %s", b.file, b.line, file.Name.Name, name)
			} else if got != text {
				t.Errorf("%s:%d: %s is\n\t%s\nin the document, and in package %s\n\t%s", b.file, b.line, name, text, file.Name.Name, got)
			}
		}
		for _, s := range structs(file) {
			if strings.Contains(b.code[s.Pos()-1:s.End()-1], "…") {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(actual)) {
				if strings.HasPrefix(name, "field "+s.Name.Name+".") && listed[name] == "" {
					t.Errorf("%s:%d: %s is missing", b.file, b.line, name)
				}
			}
		}
	}
}

// declarations has the exported declarations of a package by kind and name, such as "func New" and "field Snooze.Status".
type declarations map[string]string

// parse returns the declarations of a package of this module.
func parse(t *testing.T, folder string) declarations {
	t.Helper()
	found := declarations{}
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no package %s (%v)", folder, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		found.addFile(fset, file)
	}
	return found
}

// resolve replaces the aliases of generated types by those types.
func (d declarations) resolve(generated declarations) {
	resolved := declarations{}
	for name, text := range generated {
		owner := strings.TrimPrefix(strings.TrimPrefix(name, "type "), "field ")
		owner, _, _ = strings.Cut(owner, ".")
		if d["type "+owner] == "= "+owner {
			resolved[name] = text
		}
	}
	maps.Copy(d, resolved)
}

func (d declarations) addFile(fset *token.FileSet, file *ast.File) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			if decl.Recv != nil {
				receiver := text(fset, decl.Recv.List[0].Type)
				receiver, _, _ = strings.Cut(strings.TrimPrefix(receiver, "*"), "[")
				name = receiver + "." + name
			}
			d["func "+name] = text(fset, decl.Type)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						d["name "+name.Name] = "declared"
					}
				case *ast.TypeSpec:
					d.addType(fset, spec)
				}
			}
		}
	}
}

func (d declarations) addType(fset *token.FileSet, spec *ast.TypeSpec) {
	var members *ast.FieldList
	kind := ""
	switch typ := spec.Type.(type) {
	case *ast.StructType:
		kind, members = "struct", typ.Fields
	case *ast.InterfaceType:
		kind, members = "interface", typ.Methods
	default:
		kind = text(fset, spec.Type)
		if spec.Assign.IsValid() {
			kind = "= " + kind
		}
	}
	d["type "+spec.Name.Name] = kind
	if members == nil {
		return
	}
	for _, member := range members.List {
		names := member.Names
		if names == nil {
			names = []*ast.Ident{{Name: text(fset, member.Type)}} // embedded
		}
		for _, name := range names {
			if ast.IsExported(name.Name) {
				d["field "+spec.Name.Name+"."+name.Name] = text(fset, member.Type)
			}
		}
	}
}

func structs(file *ast.File) []*ast.TypeSpec {
	var found []*ast.TypeSpec
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if _, ok := spec.Type.(*ast.StructType); ok {
				found = append(found, spec)
			}
		}
		return true
	})
	return found
}

var (
	qualifiers = regexp.MustCompile(`\b(gen|related|nullable|externalRef0)\.`) // package client has aliases of these
	strs       = regexp.MustCompile(`\b(ObjectID|PathID|Tag)\b`)               // aliases of string in package gen
)

// text prints a part of a declaration in the names of package client.
func text(fset *token.FileSet, node any) string {
	var out bytes.Buffer
	if err := printer.Fprint(&out, fset, node); err != nil {
		return fmt.Sprint(err)
	}
	return strs.ReplaceAllString(qualifiers.ReplaceAllString(out.String(), ""), "string")
}
