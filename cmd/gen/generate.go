package main

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// generate returns all generated files, or the [problems] of all documents.
func generate(root string, documents []document) ([]output, error) {
	var outputs []output
	all := &files{targets: map[*yaml.Node]target{}}
	var found problems
	for _, d := range documents {
		outputs = append(outputs, d.generate(root, all, &found)...)
	}
	return outputs, found.err()
}

// generate returns the files of one document, and adds the document to all. It stops after a step that finds problems.
func (d document) generate(root string, all *files, found *problems) (outputs []output) {
	before := len(*found)
	failed := func() bool { return len(*found) > before }

	doc, overlay := read(root, d.name, found), readOverlay(root, d.overlay, found)
	if failed() {
		return nil
	}
	doc.pkg = d.importPath()
	all.add(doc, found)
	checkSchemas(doc, all, found)
	if d.schema != "" {
		outputs = append(outputs, output{d.schema, d.generateOperations(doc, all, found)})
	}
	if failed() {
		return nil
	}
	shaped := overlay.apply(doc, found)
	checkShaped(shaped, found)
	if failed() {
		return nil
	}
	doc.shaped, _ = yaml.Marshal(shaped.doc) // cannot fail: the tree was parsed
	doc.models = d.generateModels(doc, all, found)
	if failed() {
		return nil
	}
	outputs = append(outputs, output{d.models, doc.models})
	if d.aliases != "" {
		outputs = append(outputs, output{d.aliases, d.generateAliases(doc, all, found)})
	}
	return outputs
}

// checkSchemas refuses required names that are not among the properties, because they are often misspelt. It refuses
// enumerations that readers of the document understand differently.
func checkSchemas(doc *source, all *files, found *problems) {
	visit(doc.root(), doc.root(), func(schema, whole *yaml.Node) {
		known := all.propertyNames(whole)
		for _, name := range items(get(schema, "required")) {
			if !slices.Contains(known, text(name)) {
				found.add(doc.name, name.Line, "required lists %q, which is not among the properties", written(name))
			}
		}
		enum := items(get(schema, "enum"))
		null := slices.ContainsFunc(enum, func(n *yaml.Node) bool { return plain(n) == nil })
		if enum != nil && null != (plain(get(schema, "nullable")) == true) {
			found.add(doc.name, keyLine(schema, "enum"), "null needs both nullable and a place in the enum")
		}
	})
}

// checkShaped refuses what oapi-codegen turns into wrong Go without an error.
func checkShaped(shaped *source, found *problems) {
	visit(shaped.root(), shaped.root(), func(schema, _ *yaml.Node) {
		for _, name := range []string{"anyOf", "oneOf"} {
			if get(schema, name) != nil && get(schema, "x-go-type") == nil {
				found.add(shaped.name, keyLine(schema, name), "%s becomes a Go type that marshals to {}: let the overlay remove it or give the schema an x-go-type", name)
			}
		}
		names, values := items(get(schema, "x-enum-varnames")), items(get(schema, "enum"))
		if names != nil && len(names) != len(values) {
			found.add(shaped.name, keyLine(schema, "enum"), "the overlay's x-enum-varnames has %d names for %d values", len(names), len(values))
		}
	})
}
