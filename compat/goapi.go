package main

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

// comparePackages compares the packages that users import. Of gen, it compares the types that package client has an alias for.
func comparePackages(old, root string) ([]change, error) {
	before, err := loadPackages(old)
	if err != nil {
		return nil, err
	}
	after, err := loadPackages(root)
	if err != nil {
		return nil, err
	}
	aliases := aliasesOf(before["client"])
	var all []change
	for _, dir := range slices.Sorted(maps.Keys(before)) {
		was, is := before[dir], after[dir]
		if is == nil {
			all = append(all, change{[]string{dir}, "package removed"})
			continue
		}
		for _, c := range append(apidiff.Changes(was, is).Changes, changedTags(was, is)...) {
			symbol, text, _ := strings.Cut(c.Message, ": ")
			symbol, detail, _ := strings.Cut(notInNames.ReplaceAllString(symbol, ""), ", ")
			name := was.Name() + "." + symbol
			if generated(dir) {
				typeName, member, _ := strings.Cut(symbol, ".")
				alias := aliases[was.Path()+"."+typeName]
				if alias == "" {
					continue
				}
				name = strings.TrimSuffix(alias+"."+member, ".")
			}
			if !c.Compatible {
				all = append(all, change{[]string{name}, strings.TrimSpace(text + " " + detail)})
			}
		}
	}
	return all, nil
}

func generated(dir string) bool { return dir == "gen" || strings.HasPrefix(dir, "gen/") }

// notInNames are the parts of apidiff's names that the changelog does without, as in (*List[T]).Add.
var notInNames = regexp.MustCompile(`\(\*?|\)|\[[^\]]*\]`)

// loadPackages returns the packages of a checkout that users can import, by directory.
func loadPackages(root string) (map[string]*types.Package, error) {
	// Types come from the compiler's export data.
	const mode = packages.NeedName | packages.NeedTypes | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps | packages.NeedModule
	loaded, err := packages.Load(&packages.Config{Mode: mode, Dir: root}, "./...")
	if err != nil {
		return nil, err
	}
	found := map[string]*types.Package{}
	for _, p := range loaded {
		for _, problem := range p.Errors {
			err = errors.Join(err, problem)
		}
		dir := strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, p.Module.Path), "/")
		elements := strings.Split(dir, "/")
		if p.Name != "main" && elements[0] != "examples" && !slices.Contains(elements, "internal") && p.Types != nil {
			found[dir] = p.Types
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the packages in %s: %w", root, err)
	}
	return found, nil
}

// aliasesOf returns the names that package client has for types of other packages.
func aliasesOf(client *types.Package) map[string]string {
	aliases := map[string]string{}
	if client == nil {
		return aliases
	}
	for _, name := range client.Scope().Names() {
		alias, ok := client.Scope().Lookup(name).(*types.TypeName)
		if !ok || !alias.IsAlias() || !alias.Exported() {
			continue
		}
		if t, ok := types.Unalias(alias.Type()).(*types.Named); ok && t.Obj().Pkg() != nil {
			aliases[t.Obj().Pkg().Path()+"."+t.Obj().Name()] = client.Name() + "." + name
		}
	}
	return aliases
}

// changedTags finds the exported fields whose tags changed. Programs still compile, so apidiff does not report them, but
// values are read and written by other names.
func changedTags(old, now *types.Package) (all []apidiff.Change) {
	for _, name := range old.Scope().Names() {
		was, ok := old.Scope().Lookup(name).(*types.TypeName)
		is, still := now.Scope().Lookup(name).(*types.TypeName)
		if !ok || !still || !was.Exported() || was.IsAlias() {
			continue
		}
		before, ok := was.Type().Underlying().(*types.Struct)
		after, still := is.Type().Underlying().(*types.Struct)
		if !ok || !still {
			continue
		}
		tags := map[string]string{}
		for i := range after.NumFields() {
			tags[after.Field(i).Name()] = after.Tag(i)
		}
		for i := range before.NumFields() {
			f := before.Field(i)
			if tag, still := tags[f.Name()]; still && f.Exported() && tag != before.Tag(i) {
				all = append(all, apidiff.Change{Message: fmt.Sprintf("%s.%s: tag changed from %q to %q", name, f.Name(), before.Tag(i), tag)})
			}
		}
	}
	return all
}
