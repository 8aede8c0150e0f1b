package main

import (
	"fmt"
	"go/ast"
	"go/types"
)

// What follows compiles in every program as before, so apidiff does not tell of it, and programs do something else.

// ownName is the name of an exported type in its package.
func ownName(t *types.TypeName) string {
	if !t.Exported() || t.IsAlias() {
		return ""
	}
	return t.Pkg().Name() + "." + t.Name()
}

// changedTags finds the exported fields whose tags changed, which are what values are read and written by. name is that of a
// type, or "" if users do not see it.
func changedTags(old, now *types.Package, name func(*types.TypeName) string) (all []change) {
	for _, n := range old.Scope().Names() {
		was, ok := old.Scope().Lookup(n).(*types.TypeName)
		is, still := now.Scope().Lookup(n).(*types.TypeName)
		if !ok || !still || name(was) == "" {
			continue
		}
		all = append(all, tagsOf(name(was), was.Type().Underlying(), is.Type().Underlying())...)
	}
	return all
}

func tagsOf(at string, old, now types.Type) (all []change) {
	if was, ok := old.(interface{ Elem() types.Type }); ok { // a list of a struct without a name, and the like
		if is, ok := now.(interface{ Elem() types.Type }); ok && types.Unalias(was.Elem()) == was.Elem() {
			return tagsOf(at, was.Elem(), is.Elem())
		}
	}
	was, ok := old.(*types.Struct)
	is, still := now.(*types.Struct)
	if !ok || !still {
		return nil
	}
	tags := map[string]int{}
	for i := range is.NumFields() {
		tags[is.Field(i).Name()] = i
	}
	for i := range was.NumFields() {
		f := was.Field(i)
		j, still := tags[f.Name()]
		if !still || !f.Exported() {
			continue
		}
		place := at + "." + f.Name()
		if was.Tag(i) != is.Tag(j) {
			all = append(all, change{place: []string{place}, text: fmt.Sprintf("tag changed from %q to %q", was.Tag(i), is.Tag(j))})
		}
		all = append(all, tagsOf(place, f.Type(), is.Field(j).Type())...)
	}
	return all
}

// renamedVariables finds the exported variables, errors above all, that became another name of some other variable: programs
// which tell the two apart do so no more.
func renamedVariables(old, now *pkg) (all []change) {
	was := sameAs(old)
	for name, other := range sameAs(now) {
		if old.types.Scope().Lookup(name) != nil && was[name] != other {
			all = append(all, change{place: []string{now.types.Name() + "." + name}, text: "it is the same as " + other + " now"})
		}
	}
	return all
}

// sameAs are the exported variables whose value is another variable of package level, with that one's name.
func sameAs(p *pkg) map[string]string {
	found := map[string]string{}
	for _, file := range p.files {
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range group.Specs {
				v, ok := s.(*ast.ValueSpec)
				if !ok || len(v.Names) != len(v.Values) {
					continue
				}
				for i, name := range v.Names {
					if other := p.variable(v.Values[i]); name.IsExported() && other != "" {
						found[name.Name] = other
					}
				}
			}
		}
	}
	return found
}

// variable is the name of the variable that an expression is, or "".
func (p *pkg) variable(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.variable(e.X)
	case *ast.SelectorExpr:
		return p.variable(e.Sel)
	case *ast.Ident:
		if v, ok := p.info.Uses[e].(*types.Var); ok && v.Pkg() != nil {
			return v.Pkg().Name() + "." + v.Name()
		}
	}
	return ""
}
