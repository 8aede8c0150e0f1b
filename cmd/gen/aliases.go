package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

const aliasesHeader = `
package client

import (
%s)

// The models are aliases of the types of package %s. A package page shows no fields of an alias, so the comments list
// them, each with its Go type, its constraints and its description. An optional field of a request is a pointer: set it with
// new(v). Set a field of type Nullable with Value(v) or Null[T](). A nil slice or map is omitted, and an empty one is sent.
// Lengths count characters, not bytes.
//
// [observed] marks what was observed, [assumed] what was concluded. All other statements are from Kustomer's reference.
`

// generateAliases returns the aliases of the models in package client. Their names and types are from the generated models,
// their constraints and descriptions from the document.
func (d document) generateAliases(doc *source, all *files, found *problems) []byte {
	w := &aliasWriter{all: all, pkg: d.pkg, types: map[string]*ast.TypeSpec{}, consts: map[string][]string{}, schemas: map[string]*yaml.Node{}}
	for _, s := range all.sources {
		w.read(s)
	}
	for component, schema := range pairs(get(doc.root(), "components", "schemas")) {
		if !d.hasNoAlias[component.Value] && get(schema, "$ref") == nil {
			w.write(codegen.SchemaNameToTypeName(component.Value))
		}
	}
	imports := fmt.Sprintf("%q\n", doc.pkg)
	if custom := module + "/custom"; strings.Contains(w.b.String(), "= custom.") {
		imports = fmt.Sprintf("%q\n%s", custom, imports)
	}
	return formatted(doc, generatedFrom(d.name, "")+fmt.Sprintf(aliasesHeader, imports, d.pkg)+w.b.String(), found)
}

type aliasWriter struct {
	all     *files
	pkg     string
	types   map[string]*ast.TypeSpec // declared by the models
	consts  map[string][]string      // by type
	schemas map[string]*yaml.Node    // by type: the components, and then the enumerations of their properties
	b       strings.Builder
}

// read reads the types, constants and schemas of a document.
func (w *aliasWriter) read(s *source) {
	file, _ := parser.ParseFile(token.NewFileSet(), "", s.models, parser.SkipObjectResolution) // cannot fail: the models are formatted Go
	ast.Inspect(file, func(n ast.Node) bool {
		switch spec := n.(type) {
		case *ast.TypeSpec:
			w.types[spec.Name.Name] = spec
		case *ast.ValueSpec:
			if typ, ok := spec.Type.(*ast.Ident); ok {
				w.consts[typ.Name] = append(w.consts[typ.Name], spec.Names[0].Name)
			}
		}
		return true
	})
	for component, schema := range pairs(get(s.root(), "components", "schemas")) {
		w.schemas[codegen.SchemaNameToTypeName(component.Value)] = schema
	}
}

// write writes the alias of a type and those of its fields' enumerations.
func (w *aliasWriter) write(name string) {
	schema, spec := w.schemas[name], w.types[name]
	if schema == nil || spec == nil || w.isPlain(name) {
		return
	}
	fmt.Fprintf(&w.b, "\n// %s: %s", name, description(schema))
	if l := w.constraints(schema); l != nil {
		fmt.Fprintf(&w.b, " Constraints: %s.", strings.Join(l, ", "))
	}
	w.b.WriteString("\n")
	enums := w.fields(spec, schema)
	target := w.pkg + "." + name
	if spec.Assign.IsValid() {
		target = types.ExprString(spec.Type)
	}
	fmt.Fprintf(&w.b, "type %s = %s\n", name, target)
	if consts := w.consts[name]; consts != nil {
		fmt.Fprintf(&w.b, "\n// Values of %s.\nconst (\n", name)
		for _, c := range consts {
			fmt.Fprintf(&w.b, "%s = %s.%s\n", c, w.pkg, c)
		}
		w.b.WriteString(")\n")
	}
	for _, enum := range enums {
		w.write(enum)
	}
}

// fields lists the fields of a struct in the order of the document. It returns the enumerations that are not components.
func (w *aliasWriter) fields(spec *ast.TypeSpec, schema *yaml.Node) (enums []string) {
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	fields := map[string]*ast.Field{}
	for _, field := range structure.Fields.List {
		tag, _ := strconv.Unquote(field.Tag.Value)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		fields[name] = field
	}
	w.b.WriteString("//\n")
	required := texts(get(schema, "required"))
	for key, property := range pairs(get(schema, "properties")) {
		field := fields[key.Value]
		if field == nil {
			continue // removed by the overlay
		}
		typ := w.goType(field.Type)
		bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(typ, "*"), "Nullable["), "]")
		if w.consts[bare] != nil && w.schemas[bare] == nil {
			w.schemas[bare] = property
			enums = append(enums, bare)
		}
		w.field(field.Names[0].Name, key.Value, typ, property, slices.Contains(required, key.Value))
	}
	return enums
}

func (w *aliasWriter) field(name, jsonName, typ string, property *yaml.Node, required bool) {
	if lowerFirst(name) != jsonName {
		name += ", in JSON " + jsonName
	}
	traits := []string{typ}
	if required {
		traits = append(traits, "required")
	}
	if plain(get(property, "nullable")) == true {
		traits = append(traits, "may be null")
	}
	about, rules := description(property), w.constraints(property)
	if ref := reference(property); ref != nil {
		component := path.Base(text(ref))
		typ, target := codegen.SchemaNameToTypeName(component), w.all.targets[ref].node
		if text(get(target, "type")) != "object" { // the comment of its type has the constraints
			rules = w.constraints(target)
		}
		if about == "" {
			about = firstSentence(description(target))
		}
		if len(about) > 120 && !w.isPlain(typ) {
			about = "see " + typ + "."
		}
	}
	fmt.Fprintf(&w.b, "//   - %s (%s): %s\n", name, strings.Join(append(traits, rules...), ", "), about)
}

var (
	identifier = regexp.MustCompile(`\w+`)
	imported   = regexp.MustCompile(`(nullable|externalRef[0-9]+)\.`)
)

// goType returns a type as a user of package client writes it. An alias of a basic type becomes that type.
func (w *aliasWriter) goType(e ast.Expr) string {
	s := imported.ReplaceAllString(types.ExprString(e), "")
	return identifier.ReplaceAllStringFunc(s, func(name string) string {
		if w.isPlain(name) {
			return types.ExprString(w.types[name].Type)
		}
		return name
	})
}

// isPlain reports whether a type is an alias of a basic type.
func (w *aliasWriter) isPlain(name string) bool {
	spec := w.types[name]
	if spec == nil || !spec.Assign.IsValid() {
		return false
	}
	_, ok := spec.Type.(*ast.Ident)
	return ok
}

// description returns a description as a Go comment, which has no markup for code and bold text.
func description(schema *yaml.Node) string {
	s := strings.Join(strings.Fields(text(get(schema, "description"))), " ")
	return lowerFirst(strings.NewReplacer("`{}`", "{}", "`", `"`, "**", "").Replace(s))
}

// limitWords are the words for keywords.
var limitWords = []struct{ keyword, words string }{
	{"enum", "one of"}, {"minLength", "min length"}, {"maxLength", "max length"}, {"minimum", "min"}, {"maximum", "max"},
	{"minItems", "min items"}, {"maxItems", "max items"}, {"minProperties", "min fields"}, {"maxProperties", "max fields"},
	{"uniqueItems", "no item twice"}, {"x-explain", ""},
}

// constraints describes the constraints of a schema in words.
func (w *aliasWriter) constraints(schema *yaml.Node) (all []string) {
	for _, l := range limitWords {
		value := get(schema, l.keyword)
		var values []string
		for _, v := range slices.Concat(items(value), []*yaml.Node{value}) {
			if s := written(v); s != "" {
				values = append(values, s)
			}
		}
		if values != nil || plain(value) == true {
			all = append(all, strings.TrimSpace(l.words+" "+strings.Join(values, " | ")))
		}
	}
	if item := w.all.deref(get(schema, "items")); item != nil && text(get(item, "type")) != "object" {
		if each := w.constraints(item); each != nil {
			all = append(all, "each item: "+strings.Join(each, ", "))
		}
	}
	return all
}
