package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A schemaWriter turns the schemas of requests into literals of limits.Schema.
type schemaWriter struct {
	doc     *source
	found   *problems
	written map[string]string // component to literal
	open    []string          // the components being written, to notice circles
}

// reference returns the $ref of a schema, or nil. A property that refers to a schema and has its own description holds
// the $ref as the only item of allOf, because nothing may stand beside a $ref.
func reference(n *yaml.Node) *yaml.Node {
	all := items(get(n, "allOf"))
	if len(all) != 1 {
		return get(n, "$ref")
	}
	for key := range pairs(n) {
		if key.Value != "allOf" && !slices.Contains(annotations, key.Value) {
			return nil
		}
	}
	return get(all[0], "$ref")
}

// schema returns the code for a schema: a variable for a component, a literal for others.
func (w *schemaWriter) schema(n *yaml.Node) string {
	ref := reference(n)
	if ref == nil {
		return w.literal(n)
	}
	component, ok := strings.CutPrefix(text(ref), "#/components/schemas/")
	target := get(w.doc.root(), "components", "schemas", component)
	switch {
	case !ok || target == nil:
		w.found.add(w.doc.name, ref.Line, "%s is not a schema in #/components/schemas", text(ref))
		return ""
	case get(n, "$ref") != nil && len(n.Content) > 2:
		w.found.add(w.doc.name, ref.Line, "readers ignore the keywords beside a $ref")
		return ""
	case slices.Contains(w.open, component):
		w.found.add(w.doc.name, ref.Line, "the schema %s contains itself, which the request check does not support", component)
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
	if n == nil {
		return ""
	}
	kind := text(get(n, "type"))
	if get(n, "type") != nil && !slices.Contains(allTypes, kind) {
		w.found.add(w.doc.name, keyLine(n, "type"), "the type must be one of %s", strings.Join(allTypes, ", "))
		return ""
	}
	code := map[string]string{}
	for key, value := range pairs(n) {
		if slices.Contains(annotations, key.Value) {
			continue
		}
		if reason := ignored(n, kind, key.Value); reason != "" {
			w.found.add(w.doc.name, key.Line, "%s in a schema of a request: %s", key.Value, reason)
			continue
		}
		c, err := w.value(key.Value, kind, value)
		if err != nil {
			w.found.add(w.doc.name, value.Line, "%s in a schema of a request %v", key.Value, err)
		}
		code[key.Value] = c
	}
	if kind == "object" && get(n, "additionalProperties") == nil {
		code["additionalProperties"] = "true"
	}
	var f fields
	for _, k := range keywords {
		if k.name == "enum" && kind != "string" {
			k.field = "Numbers"
		}
		f.add(k.field, code[k.name])
	}
	return f.literal("&limits.Schema")
}

// enum returns the values other than null, which nullable stands for.
func (w *schemaWriter) enum(kind string, n *yaml.Node) (string, error) {
	var names, numbers []string
	for _, item := range items(n) {
		switch v := plain(item).(type) {
		case nil:
		case string:
			names = append(names, v)
		case float64:
			if kind == "integer" && v != math.Trunc(v) {
				return "", fmt.Errorf("lists %v, which is no integer", v)
			}
			numbers = append(numbers, written(item))
		default:
			return "", errors.New("must list strings or numbers")
		}
	}
	if kind == "string" && numbers == nil {
		return quoteAll(names), nil
	} else if kind != "string" && names == nil && numbers != nil {
		return "[]float64{" + strings.Join(numbers, ", ") + "}", nil
	}
	return "", fmt.Errorf("must list values of type %s", kind)
}

func (w *schemaWriter) properties(n *yaml.Node) string {
	var b strings.Builder
	for key, value := range pairs(n) {
		fmt.Fprintf(&b, "{Name: %q, Schema: %s},\n", key.Value, w.schema(value))
	}
	if b.Len() == 0 {
		return ""
	}
	return "[]limits.Property{\n" + b.String() + "}"
}

// part returns the code for a schema within anyOf or not. If it allowed everything, anyOf would mean nothing, and not
// would refuse each value.
func (w *schemaWriter) part(n *yaml.Node) string {
	code := w.schema(n)
	if code == "&limits.Schema{}" || code == "&limits.Schema{Kind: limits.Object, Open: true}" {
		w.found.add(w.doc.name, n.Line, "the schema allows everything")
	}
	return code
}
