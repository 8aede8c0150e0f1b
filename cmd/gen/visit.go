package main

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// visitSchemas calls visit with each schema of a document or a part of one, other than references. Whole is the schema
// that it belongs to as an item of allOf, anyOf or oneOf or as not, or otherwise the schema itself.
func visitSchemas(n *yaml.Node, visit func(schema, whole *yaml.Node)) {
	for key, value := range pairs(n) {
		switch key.Value {
		case "example", "examples": // data
		case "schema":
			visitSchema(value, value, visit)
		case "schemas":
			for _, schema := range pairs(value) {
				visitSchema(schema, schema, visit)
			}
		default:
			visitSchemas(value, visit)
		}
	}
	for _, item := range items(n) {
		visitSchemas(item, visit)
	}
}

func visitSchema(n, whole *yaml.Node, visit func(schema, whole *yaml.Node)) {
	if n.Kind != yaml.MappingNode || get(n, "$ref") != nil {
		return
	}
	visit(n, whole)
	for _, property := range pairs(get(n, "properties")) {
		visitSchema(property, property, visit)
	}
	for _, inner := range []*yaml.Node{get(n, "items"), get(n, "additionalProperties")} {
		if inner != nil {
			visitSchema(inner, inner, visit)
		}
	}
	for _, part := range parts(n) {
		visitSchema(part, whole, visit)
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
