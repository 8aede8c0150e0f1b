package main

import (
	"regexp"
	"slices"
	"strings"
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
		if pattern := get(p.node, "pattern"); pattern != nil {
			if _, err := regexp.Compile(text(pattern)); err != nil {
				sound = false
				found.add(s.name, pattern.Line, "the pattern does not work in Go: %v", err)
			}
		}
	}
	return sound
}
