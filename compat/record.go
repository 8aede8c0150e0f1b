package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/txtar"
)

const baselineComment = `What users may rely on while there is no release: the documents, and the Go declarations that make up the API, without
comments and bodies. "make baseline" writes it; CONTRIBUTING.md says when that is right.

`

// record makes the baseline of a state of the module.
func record(root string, now files) ([]byte, error) {
	ext, err := loadExternal(root, now)
	if err != nil {
		return nil, err
	}
	return recordWith(ext, now)
}

func recordWith(ext external, now files) ([]byte, error) {
	t := newTree(now, ext, false)
	promised, err := t.promised()
	if err != nil {
		return nil, err
	}
	kept, err := t.declarations(promised)
	if err != nil {
		return nil, err
	}
	archive := &txtar.Archive{Comment: []byte(baselineComment)}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		data := kept[name]
		switch {
		case isDocument(name):
			data = now[name]
		case name == "go.mod":
			data = fmt.Appendf(nil, "module %s\n\ngo %s\n", t.module, t.goVersion()[len("go"):])
		}
		if data != nil {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
		}
	}
	if !slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return isDocument(f.Name) }) {
		return nil, errors.New("no documents found")
	}
	data := txtar.Format(archive)
	for i, file := range txtar.Parse(data).Files { // a line may look like a separator
		if i >= len(archive.Files) || file.Name != archive.Files[i].Name || !bytes.Equal(file.Data, archive.Files[i].Data) {
			return nil, fmt.Errorf("%s cannot be recorded", archive.Files[min(i, len(archive.Files)-1)].Name)
		}
	}
	return data, nil
}

// A declaration is one of package level, with what it depends on.
type declaration struct {
	pkg     *pkg
	name    string // of its file
	node    ast.Node
	exports bool
}

// declarations are the files of a state with nothing but what its API consists of.
func (t *tree) declarations(promised map[string]*pkg) (map[string][]byte, error) {
	var all []*declaration
	of := map[types.Object][]*declaration{} // the declaration of an object and, of a type, those of its methods
	private := map[string]bool{}            // methods without which a type does not implement an interface
	for _, p := range t.pkgs {
		if p == nil {
			continue
		}
		for name, file := range p.files {
			for _, d := range split(file) {
				d.pkg, d.name = p, name
				all = append(all, d)
				for _, ident := range declared(d.node) {
					if obj := p.info.Defs[ident]; obj != nil {
						of[obj] = append(of[obj], d)
						d.exports = d.exports || promised[p.types.Path()] == p && obj.Exported()
					}
				}
				ast.Inspect(d.node, func(n ast.Node) bool {
					if i, ok := n.(*ast.InterfaceType); ok {
						for _, m := range i.Methods.List {
							for _, name := range m.Names {
								private[name.Name] = !name.IsExported()
							}
						}
					}
					return true
				})
			}
		}
	}
	for _, d := range all {
		if f, ok := d.node.(*ast.FuncDecl); ok && f.Recv != nil && (f.Name.IsExported() || private[f.Name.Name]) {
			if named := receiver(d.pkg.info.Defs[f.Name]); named != nil {
				of[named.Obj()] = append(of[named.Obj()], d)
			}
			d.exports = false // with its type, or not at all
		}
	}

	kept := map[ast.Node]bool{}
	imports := map[string]map[*types.PkgName]bool{} // by file
	var todo []*declaration
	for _, d := range all {
		if d.exports {
			todo = append(todo, d)
		}
	}
	for len(todo) > 0 {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if kept[d.node] {
			continue
		}
		kept[d.node] = true
		ast.Inspect(d.node, func(n ast.Node) bool {
			if ident, ok := n.(*ast.Ident); ok {
				obj := d.pkg.info.Uses[ident]
				if name, ok := obj.(*types.PkgName); ok {
					if imports[d.name] == nil {
						imports[d.name] = map[*types.PkgName]bool{}
					}
					imports[d.name][name] = true
				}
				todo = append(todo, of[origin(obj)]...)
			}
			return true
		})
		for _, ident := range declared(d.node) {
			todo = append(todo, of[d.pkg.info.Defs[ident]]...)
		}
	}
	return t.print(kept, imports)
}

// split takes a file apart and leaves out what is not declared: bodies, and values where there is a type.
func split(file *ast.File) []*declaration {
	var all []*declaration
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			decl.Body = nil
			all = append(all, &declaration{node: decl})
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && v.Type != nil && decl.Tok.String() == "var" {
					v.Values = nil
				}
				if _, ok := spec.(*ast.ImportSpec); !ok && decl.Tok.String() != "const" {
					all = append(all, &declaration{node: spec})
				}
			}
			if decl.Tok.String() == "const" { // what a constant is depends on those above it
				all = append(all, &declaration{node: decl})
			}
		}
	}
	return all
}

// declared are the names that a declaration declares, but for methods.
func declared(n ast.Node) []*ast.Ident {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return []*ast.Ident{n.Name}
	case *ast.TypeSpec:
		return []*ast.Ident{n.Name}
	case *ast.ValueSpec:
		return n.Names
	case *ast.GenDecl:
		var all []*ast.Ident
		for _, spec := range n.Specs {
			all = append(all, declared(spec)...)
		}
		return all
	}
	return nil
}

func receiver(method types.Object) *types.Named {
	f, ok := method.(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return nil
	}
	t := types.Unalias(f.Signature().Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return nil
	}
	return named.Origin()
}

// origin is the generic function of an instance, or the object itself.
func origin(obj types.Object) types.Object {
	if f, ok := obj.(*types.Func); ok {
		return f.Origin()
	}
	return obj
}

// print writes the files that have something left.
func (t *tree) print(kept map[ast.Node]bool, imports map[string]map[*types.PkgName]bool) (map[string][]byte, error) {
	printed := map[string][]byte{}
	for _, p := range t.pkgs {
		if p == nil {
			continue
		}
		for name, file := range p.files {
			var out bytes.Buffer
			for _, decl := range file.Decls {
				if group, ok := decl.(*ast.GenDecl); ok && !kept[group] {
					group.Specs = slices.DeleteFunc(group.Specs, func(s ast.Spec) bool {
						i, ok := s.(*ast.ImportSpec)
						return ok && !imports[name][p.imported(i)] || !ok && !kept[s]
					})
					if len(group.Specs) == 0 {
						continue
					}
				} else if !ok && !kept[decl] {
					continue
				}
				out.WriteString("\n")
				if err := format.Node(&out, t.fset, decl); err != nil {
					return nil, err
				}
				out.WriteString("\n")
			}
			if out.Len() == 0 {
				continue
			}
			source, err := format.Source(append([]byte("package "+p.types.Name()+"\n"), out.Bytes()...))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			printed[name] = source
		}
	}
	return printed, nil
}

// imported is the name under which a file imports a package.
func (p *pkg) imported(spec *ast.ImportSpec) *types.PkgName {
	obj := p.info.Implicits[spec]
	if spec.Name != nil {
		obj = p.info.Defs[spec.Name]
	}
	name, _ := obj.(*types.PkgName)
	return name
}
