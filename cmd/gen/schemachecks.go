package main

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// formats lists the types with the formats in use. Other formats are more likely a slip than a wish: nothing would
// check them.
var formats = map[string][]string{
	"object":  {},
	"array":   {},
	"string":  {"date", "date-time", "object-id", "uri"},
	"number":  {"double", "float"},
	"integer": {"int32", "int64"},
	"boolean": {},
}

// checkSchemas reports types, formats and patterns that do not exist. It returns whether values can be held against
// the schemas.
func checkSchemas(s *source, places []place, found *problems) bool {
	sound := true
	for _, p := range places {
		if p.shape != schemaShape {
			continue
		}
		kind := get(p.node, "type")
		known, exists := formats[text(kind)]
		if kind != nil && !exists && fits(kind, aText) {
			sound = false
			found.add(s.name, kind.Line, "unknown type %q", text(kind))
		}
		if format := get(p.node, "format"); exists && format != nil && !slices.Contains(known, text(format)) {
			found.add(s.name, format.Line, "unknown format %q of type %s; known: %s", text(format), text(kind),
				strings.Join(known, ", "))
		}
		checkEnum(s, p.node, found)
		if pattern := get(p.node, "pattern"); pattern != nil {
			if _, err := regexp.Compile(text(pattern)); err != nil {
				sound = false
				found.add(s.name, pattern.Line, "the pattern does not work in Go: %v", err)
			}
		}
	}
	return sound
}

// enumTags are the YAML tags of the values that an enum of a type may list.
var enumTags = map[string][]string{
	"string": {"!!str"}, "integer": {"!!int"}, "number": {"!!int", "!!float"}, "boolean": {"!!bool"},
}

func checkEnum(s *source, n *yaml.Node, found *problems) {
	enum := get(n, "enum")
	if enum == nil || enum.Kind != yaml.SequenceNode {
		return
	}
	if len(enum.Content) == 0 {
		found.add(s.name, enum.Line, "the enum lists nothing")
	}
	kind, nullable := text(get(n, "type")), text(get(n, "nullable")) == "true"
	tags, scalar := enumTags[kind]
	var seen []string
	for _, item := range enum.Content {
		switch null := item.ShortTag() == "!!null"; {
		case slices.Contains(seen, item.Value) && item.Kind == yaml.ScalarNode:
			found.add(s.name, item.Line, "the enum lists %s twice", item.Value)
		case scalar && !slices.Contains(tags, item.ShortTag()) && !(null && nullable):
			found.add(s.name, item.Line, "the enum of type %s lists %s", kind, kindName(item))
		}
		seen = append(seen, item.Value)
	}
}
