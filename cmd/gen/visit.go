package main

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// visit calls f with each mapping of a document, except in examples. If the mapping is a part of a schema, by allOf, anyOf,
// oneOf or not, whole is that schema. Otherwise whole is the mapping itself.
func visit(n, whole *yaml.Node, f func(n, whole *yaml.Node)) {
	if n.Kind == yaml.MappingNode {
		f(n, whole)
	}
	for key, value := range pairs(n) {
		switch key.Value {
		case "example", "examples", "allOf", "anyOf", "oneOf", "not":
		case "properties": // whose names may be keywords
			for _, property := range pairs(value) {
				visit(property, property, f)
			}
		default:
			visit(value, value, f)
		}
	}
	for _, part := range parts(n) {
		visit(part, whole, f)
	}
	for _, item := range items(n) {
		visit(item, item, f)
	}
}

// parts returns the schemas that a schema combines.
func parts(n *yaml.Node) []*yaml.Node {
	all := slices.Concat(items(get(n, "allOf")), items(get(n, "anyOf")), items(get(n, "oneOf")))
	if not := get(n, "not"); not != nil {
		all = append(all, not)
	}
	return all
}
