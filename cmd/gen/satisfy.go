package main

import (
	"math"
	"slices"

	"gopkg.in/yaml.v3"
)

// checkSchemas refuses limits that no value meets. Other contradictions make an example invalid, which kin-openapi reports.
func checkSchemas(doc *source, all files, found *problems) {
	visitSchemas(doc.root(), func(schema, whole *yaml.Node) {
		refuse := func(keyword, format string, args ...any) {
			found.add(doc.name, keyLine(schema, keyword), format, args...)
		}
		bound := func(keyword string, none float64) float64 {
			if f, ok := plain(get(schema, keyword)).(float64); ok {
				return f
			}
			return none
		}
		for _, of := range []string{"Length", "imum", "Items", "Properties"} {
			if bound("min"+of, math.Inf(-1)) > bound("max"+of, math.Inf(1)) {
				refuse("min"+of, "no value lies between min%s and max%s", of, of)
			}
		}
		for _, keyword := range []string{"enum", "required", "allOf", "anyOf", "oneOf"} {
			if list := get(schema, keyword); list != nil && len(list.Content) == 0 {
				refuse(keyword, "%s is empty", keyword)
			}
		}
		if enum := get(schema, "enum"); enum != nil {
			null := slices.ContainsFunc(items(enum), func(n *yaml.Node) bool { return plain(n) == nil })
			if null != (plain(get(schema, "nullable")) == true) {
				refuse("enum", "null needs both nullable and a place in the enum")
			}
		}
		known := all.propertyNames(whole, nil)
		for _, name := range items(get(schema, "required")) {
			if !slices.Contains(known, text(name)) {
				found.add(doc.name, name.Line, "required lists %q, which is not among the properties", written(name))
			}
		}
	})
}

// propertyNames returns the names that a schema allows. A closed one allows its own, whatever its parts have.
func (f files) propertyNames(n *yaml.Node, seen []*yaml.Node) (names []string) {
	n = f.deref(n)
	if n == nil || slices.Contains(seen, n) {
		return nil
	}
	for key := range pairs(get(n, "properties")) {
		names = append(names, key.Value)
	}
	if plain(get(n, "additionalProperties")) == false {
		return names
	}
	for _, part := range parts(n) {
		names = append(names, f.propertyNames(part, append(seen, n))...)
	}
	return names
}
