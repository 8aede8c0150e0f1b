package main

import (
	"fmt"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
)

// comparePackages compares the Go API: the packages that users import, and the types of other packages that these show.
func comparePackages(r *report, ext external, old, now files) error {
	oldTree, newTree := newTree(old, ext, true), newTree(now, ext, false)
	before, err := oldTree.promised()
	if err != nil {
		return fmt.Errorf("the old packages: %w", err)
	}
	after, err := newTree.promised()
	if err != nil {
		return fmt.Errorf("the packages: %w", err)
	}
	for _, missing := range slices.Compact(slices.Sorted(slices.Values(oldTree.missing))) {
		r.notes = append(r.notes, missing+" is not a dependency any more, so what the API showed of it counts as changed")
	}

	for _, importPath := range slices.Sorted(maps.Keys(before)) {
		p := before[importPath]
		r.packages = append(r.packages, p.dir)
		if after[importPath] == nil {
			r.breaking = append(r.breaking, change{place: []string{p.dir}, text: "package removed"})
			continue
		}
		for _, c := range apidiff.Changes(p.types, after[importPath].types).Changes {
			symbol, text := symbolOf(p.types, c.Message)
			r.add(c.Compatible, symbol, strings.ReplaceAll(text, oldTree.module+"/", ""))
		}
		r.breaking = append(r.breaking, renamedVariables(p, after[importPath])...)
		r.breaking = append(r.breaking, changedTags(p.types, after[importPath].types, ownName)...)
	}
	for importPath := range after {
		if before[importPath] == nil {
			r.additions++
		}
	}

	shown := shownTypes(before)
	r.aliased = len(shown)
	others := map[*types.Package]bool{}
	for t := range shown {
		others[t.Pkg()] = true
	}
	for _, p := range slices.SortedFunc(maps.Keys(others), func(a, b *types.Package) int { return strings.Compare(a.Path(), b.Path()) }) {
		q, err := newTree.check(p.Path())
		if err != nil {
			return err
		}
		if q == nil { // the packages that showed it do so no more, which is reported there
			continue
		}
		for _, c := range apidiff.Changes(p, q.types).Changes {
			symbol, text := symbolOf(p, c.Message)
			own, found := strings.CutPrefix(symbol, p.Name()+".")
			typeName, _, _ := strings.Cut(own, ".")
			t, ok := p.Scope().Lookup(typeName).(*types.TypeName)
			if !found || !ok || shown[t] == "" {
				continue
			}
			member := strings.TrimPrefix(own, typeName)
			r.add(c.Compatible, shown[t]+member, strings.ReplaceAll(text, oldTree.module+"/", ""))
		}
		r.breaking = append(r.breaking, changedTags(p, q.types, func(t *types.TypeName) string { return shown[t] })...)
	}
	return nil
}

func (r *report) add(compatible bool, symbol, text string) {
	if compatible {
		r.additions++
		return
	}
	if text == "added" {
		text = "method added, which implementations lack"
	}
	r.breaking = append(r.breaking, change{place: []string{symbol}, text: text})
}

var typeParameters = regexp.MustCompile(`\[[^\]]*\]`)

// symbolOf splits a message of apidiff about a package, as in "(*Client).Do: removed", into client.Client.Do and the rest.
func symbolOf(p *types.Package, message string) (symbol, text string) {
	symbol, text, _ = strings.Cut(message, ": ")
	symbol, where, found := strings.Cut(symbol, ", ")
	if found {
		text += ", " + where
	}
	symbol = typeParameters.ReplaceAllString(strings.NewReplacer("(*", "", ")", "").Replace(symbol), "")
	if strings.Contains(symbol, "/") { // of another package
		return path.Base(symbol), text
	}
	return p.Name() + "." + symbol, text
}

// shownTypes are the types of the module's other packages that a user can get hold of, with the name under which: that
// of an alias, or their own where there is none.
func shownTypes(promised map[string]*pkg) map[*types.TypeName]string {
	w := walker{promised: promised, seen: map[types.Type]bool{}, shown: map[*types.TypeName]string{}}
	for _, importPath := range slices.Sorted(maps.Keys(promised)) {
		scope := promised[importPath].types.Scope()
		for _, name := range scope.Names() {
			obj := scope.Lookup(name)
			if !obj.Exported() {
				continue
			}
			if t, ok := types.Unalias(obj.Type()).(*types.Named); ok && w.other(t.Obj()) {
				if tn, ok := obj.(*types.TypeName); ok && tn.IsAlias() {
					w.shown[t.Obj()] = obj.Pkg().Name() + "." + name
				}
			}
			w.walk(obj.Type())
		}
	}
	return w.shown
}

type walker struct {
	promised map[string]*pkg
	seen     map[types.Type]bool
	shown    map[*types.TypeName]string
}

// other tells whether a type is of a package of the module that users do not import.
func (w walker) other(t *types.TypeName) bool {
	if t.Pkg() == nil || w.promised[t.Pkg().Path()] != nil {
		return false
	}
	for _, p := range w.promised {
		module := strings.TrimSuffix(p.types.Path(), "/"+p.dir)
		return inModule(t.Pkg().Path(), module)
	}
	return false
}

// walk follows a type to all that a user can reach through it.
func (w walker) walk(t types.Type) {
	if t == nil || w.seen[t] {
		return
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		w.walk(types.Unalias(t))
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			w.walk(arg)
		}
		if w.other(t.Obj()) {
			if _, ok := w.shown[t.Obj()]; !ok {
				w.shown[t.Obj()] = t.Obj().Pkg().Name() + "." + t.Obj().Name()
			}
		} else if t.Obj().Pkg() == nil || w.promised[t.Obj().Pkg().Path()] == nil {
			return // of another module
		}
		for m := range t.Methods() {
			if m.Exported() {
				w.walk(m.Type())
			}
		}
		w.walk(t.Underlying())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() {
				w.walk(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			w.walk(m.Type())
		}
	case *types.Signature:
		w.walk(t.Params())
		w.walk(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			w.walk(v.Type())
		}
	case *types.Map:
		w.walk(t.Key())
		w.walk(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		w.walk(t.Elem())
	}
}
