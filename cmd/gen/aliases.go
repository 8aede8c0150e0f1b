package main

import (
	"fmt"
	"go/format"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

const aliasesHeader = `
package client

import (
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/gen"
)

// The models of the document under one roof with the operations. They are aliases of the types of package gen, so
// their fields are listed here. Optional fields of requests are pointers, which Go's new(v) makes of a value; those
// of type Nullable are made by Value(v) and Null[T](); a nil slice or map is absent and an empty one is sent.
//
// Facts marked [observed] were seen in use, those marked [assumed] are a careful reading; all others are in Kustomer's
// reference. Lengths count characters, not bytes.
`

// generateAliases makes client/models.go.
func generateAliases(conf *config, doc, shaped *source, models []byte, found *problems) []byte {
	types, err := parseTypes(models)
	if err != nil {
		found.add(doc.name, 1, "gives models that are not Go: %v", err)
		return nil
	}
	w := &aliasWriter{conf: conf, doc: doc, types: types, found: found}
	for _, m := range collect(doc, shaped).models {
		w.model(m)
	}
	code, err := format.Source([]byte(generatedFrom("", doc) + aliasesHeader + w.b.String()))
	if err != nil {
		found.add(doc.name, 1, "gives aliases that are not Go: %v", err)
	}
	return code
}

type aliasWriter struct {
	conf  *config
	doc   *source
	types *goTypes
	found *problems
	b     strings.Builder
}

func (w *aliasWriter) model(m model) {
	component := path.Base(m.pointer)
	if m.component && !w.conf.aliased(component) {
		return
	}
	if w.types.specs[m.name] == nil {
		w.found.add(w.doc.name, m.schema.Line, "the models have no type %s for %s", m.name, m.pointer)
		return
	}
	target := "gen." + m.name
	if other, ok := w.conf.Aliases.Replace[component]; m.component && ok {
		target = other
	}
	w.b.WriteString("\n")
	w.comment(m)
	fmt.Fprintf(&w.b, "type %s = %s\n", m.name, target)
	w.constants(m)
}

// comment describes a type: its description, its limits as a whole, and its fields in the order of the document.
func (w *aliasWriter) comment(m model) {
	about := sentences(m.name+": "+lowerFirst(prose(text(get(m.schema, "description")))), typeLimits(w.doc.root(), m.schema))
	for _, line := range wrap(about, 110) {
		fmt.Fprintf(&w.b, "// %s\n", line)
	}
	fields := w.types.fields(m.name)
	if len(fields) == 0 {
		return
	}
	required := texts(get(m.schema, "required"))
	w.b.WriteString("//\n")
	for key, property := range pairs(get(m.schema, "properties")) {
		field, ok := fields[key.Value]
		if !ok {
			w.found.add(w.doc.name, key.Line, "the model %s has no field for %s", m.name, key.Value)
			continue
		}
		w.field(key.Value, field, property, slices.Contains(required, key.Value))
	}
}

func (w *aliasWriter) field(jsonName string, f goField, property *yaml.Node, required bool) {
	name := f.name
	if lowerFirst(f.name) != jsonName {
		name += ", in JSON " + jsonName
	}
	limits, about := describe(w.doc.root(), property, required)
	// A type with a long comment of its own is better read there.
	component, ok := strings.CutPrefix(text(get(property, "$ref")), "#/components/schemas/")
	if ok && len(about) > 120 && w.conf.aliased(component) {
		about = "see " + component + "."
	}
	traits := strings.Join(append([]string{f.typ}, limits...), ", ")
	fmt.Fprintf(&w.b, "//   - %s (%s): %s\n", name, traits, lowerFirst(about))
}

// constants gives the values of an enumeration, in the order of the document.
func (w *aliasWriter) constants(m model) {
	known := w.types.consts[m.name]
	if len(known) == 0 {
		return
	}
	fmt.Fprintf(&w.b, "\n// Values of %s.\nconst (\n", m.name)
	for _, item := range items(get(m.schema, "enum")) {
		if !slices.ContainsFunc(known, func(c goConst) bool { return c.value == written(item) }) && plain(item) != nil {
			w.found.add(w.doc.name, item.Line, "the models have no constant for %s", written(item))
		}
		for _, c := range known {
			if c.value == written(item) {
				fmt.Fprintf(&w.b, "%s = gen.%s\n", c.name, c.name)
			}
		}
	}
	w.b.WriteString(")\n")
}
