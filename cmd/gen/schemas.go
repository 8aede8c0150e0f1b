package main

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A schemaWriter turns the schemas of requests into literals of schema.Schema.
type schemaWriter struct {
	doc     *source
	found   *problems
	written map[string]string // component to literal
	open    []string          // components being written, to notice circles
}

var kinds = map[string]string{
	"object": "Object", "array": "Array", "string": "String",
	"number": "Number", "integer": "Integer", "boolean": "Boolean",
}

// schema returns the code for a schema: a variable for a component, a literal for what is written in place.
func (w *schemaWriter) schema(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	ref := reference(n)
	if ref == nil {
		return w.literal(n)
	}
	component, ok := strings.CutPrefix(text(ref), "#/components/schemas/")
	target := get(w.doc.root(), "components", "schemas", component)
	switch {
	case !ok && at(w.doc.root(), strings.TrimPrefix(text(ref), "#")) != nil:
		w.found.add(w.doc.name, ref.Line, "a schema of a request must be in place or in #/components/schemas")
		return ""
	case target == nil:
		return "" // reported with all other references that lead nowhere
	case slices.Contains(w.open, component):
		w.found.add(w.doc.name, ref.Line, "the schema %s contains itself, which the limits cannot express", component)
		return ""
	}
	if _, ok := w.written[component]; !ok {
		w.open = append(w.open, component)
		w.written[component] = w.schema(target)
		w.open = w.open[:len(w.open)-1]
	}
	return variable(component)
}

func (w *schemaWriter) literal(n *yaml.Node) string {
	w.checkKeywords(n)
	kind := text(get(n, "type"))
	var f fields
	if kind != "" {
		f.value("Kind", "schema."+kinds[kind])
	}
	f.flag("Nullable", plain(get(n, "nullable")) == true)
	f.number("MinLength", written(get(n, "minLength")))
	f.number("MaxLength", written(get(n, "maxLength")))
	if pattern := text(get(n, "pattern")); pattern != "" {
		f.value("Pattern", "schema.Pattern("+quote(pattern)+")")
	}
	w.enum(&f, kind, get(n, "enum"))
	f.flag("DateTime", kind == "string" && text(get(n, "format")) == "date-time")
	f.value("Min", pointer(get(n, "minimum")))
	f.value("Max", pointer(get(n, "maximum")))
	f.number("MinItems", written(get(n, "minItems")))
	f.number("MaxItems", written(get(n, "maxItems")))
	f.flag("Unique", plain(get(n, "uniqueItems")) == true)
	f.value("Items", w.schema(get(n, "items")))
	f.number("MinProperties", written(get(n, "minProperties")))
	f.number("MaxProperties", written(get(n, "maxProperties")))
	f.flag("Open", kind == "object" && plain(get(n, "additionalProperties")) != false)
	f.value("Properties", w.properties(get(n, "properties")))
	f.texts("Required", texts(get(n, "required")))
	f.value("AnyOf", w.schemas(get(n, "anyOf")))
	f.value("Not", w.schema(get(n, "not")))
	f.text("Explain", text(get(n, "x-explain")))
	return f.literal("&schema.Schema")
}

func (w *schemaWriter) enum(f *fields, kind string, enum *yaml.Node) {
	var names, numbers []string
	for _, item := range items(enum) {
		switch {
		case plain(item) == nil: // Nullable says it
		case kind == "string":
			names = append(names, text(item))
		default:
			numbers = append(numbers, written(item))
		}
	}
	f.texts("Enum", names)
	if len(numbers) > 0 {
		f.value("Numbers", "[]float64{"+strings.Join(numbers, ", ")+"}")
	}
}

func (w *schemaWriter) properties(n *yaml.Node) string {
	var b strings.Builder
	for key, value := range pairs(n) {
		fmt.Fprintf(&b, "{Name: %q, Schema: %s},\n", key.Value, w.schema(value))
	}
	if b.Len() == 0 {
		return ""
	}
	return "[]schema.Property{\n" + b.String() + "}"
}

func (w *schemaWriter) schemas(n *yaml.Node) string {
	var all []string
	for _, item := range items(n) {
		all = append(all, strings.TrimPrefix(w.schema(item), "&schema.Schema"))
	}
	if len(all) == 0 {
		return ""
	}
	return "[]*schema.Schema{\n" + strings.Join(all, ",\n") + ",\n}"
}

// pointer returns code for a pointer to a float64.
func pointer(n *yaml.Node) string {
	s := written(n)
	if s == "" {
		return ""
	}
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return "new(" + s + ")"
}
