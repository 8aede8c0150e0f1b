package main

import (
	"maps"
	"slices"
	"testing"
)

// Errors have their types in package client already, and requests go through its Do: of the second document only the
// answer becomes Go.
func TestMetadataIsTheAnswerAlone(t *testing.T) {
	types, err := parseTypes([]byte(readFile(t, repository, documents[1].models)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Answer", "Attribute", "Resource", "ResourceAttributes", "Tree", "TreeNode"}
	if got := slices.Sorted(maps.Keys(types.specs)); !slices.Equal(got, want) {
		t.Errorf("the types are %q, want %q", got, want)
	}
	for name, fields := range map[string]map[string]string{
		"Answer":             {"data": "Resource"},
		"Resource":           {"type": "string", "id": "string", "attributes": "ResourceAttributes", "relationships": "json.RawMessage", "links": "json.RawMessage"},
		"ResourceAttributes": {"properties": "any"}, // a map
		"Tree":               {"children": "[]TreeNode"},
		"TreeNode":           {"id": "string", "displayName": "string", "deleted": "bool", "children": "[]TreeNode"},
	} {
		got := map[string]string{}
		for jsonName, field := range types.fields(name) {
			got[jsonName] = field.typ
		}
		if !maps.Equal(got, fields) {
			t.Errorf("%s has %v, want %v", name, got, fields)
		}
	}
}

// Two documents that wrote one file, or gave one package two comments, would undo each other.
func TestDocumentsKeepApart(t *testing.T) {
	seen := map[string]string{}
	for _, d := range documents {
		for _, name := range []string{d.name, d.overlay, d.models, d.pkg, d.limits, d.aliases} {
			if other, ok := seen[name]; ok && name != "" {
				t.Errorf("%s: %s is of %s already", d.name, name, other)
			}
			seen[name] = d.name
		}
	}
}
