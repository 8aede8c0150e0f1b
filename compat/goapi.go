package main

import (
	"errors"
	"fmt"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

// comparePackages compares the packages that users import. In gen it compares only the types that have an alias in package
// client.
func comparePackages(old, root string) ([]change, error) {
	before, err := loadModules(old)
	after, afterErr := loadModules(root)
	if err := errors.Join(err, afterErr); err != nil {
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
			if strings.HasPrefix(dir+"/", "gen/") {
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

// notInNames matches what the changelog omits from apidiff's names: (*List[T]).Add becomes List.Add.
var notInNames = regexp.MustCompile(`\(\*?|\)|\[[^\]]*\]`)

// private matches the directories of packages that users do not import.
var private = regexp.MustCompile(`^examples(/|$)|(^|/)internal(/|$)`)

// releasedFile names the directories of the modules that are released with the root module. A checkout may lack it.
const releasedFile = "tools/released"

// loadModules returns the packages of a checkout that users can import, by directory.
func loadModules(root string) (map[string]*types.Package, error) {
	list, err := os.ReadFile(filepath.Join(root, releasedFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	found := map[string]*types.Package{}
	for _, module := range append([]string{"."}, strings.Fields(string(list))...) {
		if err := loadPackages(root, module, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// loadPackages adds the packages of a module.
func loadPackages(root, module string, found map[string]*types.Package) error {
	// Types come from the compiler's export data.
	const mode = packages.NeedName | packages.NeedTypes | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps | packages.NeedModule
	loaded, err := packages.Load(&packages.Config{Mode: mode, Dir: filepath.Join(root, module)}, "./...")
	if err != nil {
		return err
	}
	for _, p := range loaded {
		for _, problem := range p.Errors {
			err = errors.Join(err, problem)
		}
		dir := path.Join(module, strings.TrimPrefix(p.PkgPath, p.Module.Path))
		if p.Name != "main" && !private.MatchString(dir) {
			found[dir] = p.Types
		}
	}
	if err != nil {
		return fmt.Errorf("the packages in %s: %w", filepath.Join(root, module), err)
	}
	return nil
}

// aliasesOf returns the names that package client has for types of other packages.
func aliasesOf(client *types.Package) map[string]string {
	aliases := map[string]string{}
	for _, name := range client.Scope().Names() {
		if alias, ok := client.Scope().Lookup(name).(*types.TypeName); ok && alias.IsAlias() && alias.Exported() {
			aliases[types.Unalias(alias.Type()).String()] = client.Name() + "." + name
		}
	}
	return aliases
}

// changedTags returns the exported fields whose tags changed. apidiff does not report them, because programs still compile.
// But values are then read and written under other names.
func changedTags(old, now *types.Package) (all []apidiff.Change) {
	for _, name := range old.Scope().Names() {
		before, after := tagsOf(old, name), tagsOf(now, name)
		for _, field := range slices.Sorted(maps.Keys(before)) {
			if tag, ok := after[field]; ok && tag != before[field] {
				all = append(all, apidiff.Change{Message: fmt.Sprintf("%s.%s: tag changed from %q to %q", name, field, before[field], tag)})
			}
		}
	}
	return all
}

// tagsOf returns the tags of the exported fields of a struct. For other names it returns none.
func tagsOf(p *types.Package, name string) map[string]string {
	t, ok := p.Scope().Lookup(name).(*types.TypeName)
	if !ok || !t.Exported() || t.IsAlias() {
		return nil
	}
	tags := map[string]string{}
	if s, ok := t.Type().Underlying().(*types.Struct); ok {
		for i := range s.NumFields() {
			if f := s.Field(i); f.Exported() {
				tags[f.Name()] = s.Tag(i)
			}
		}
	}
	return tags
}
