package main

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// annotations say nothing that a value could be checked against.
var annotations = []string{"title", "description", "example", "externalDocs", "deprecated", "default", "writeOnly", "x-explain"}

// expressible lists the keywords that the limits hold, by the types to which they apply; "" is a schema without one.
var expressible = map[string][]string{
	"type":                 {"object", "array", "string", "number", "integer", "boolean"},
	"nullable":             {"object", "array", "string", "number", "integer", "boolean"},
	"minLength":            {"string"},
	"maxLength":            {"string"},
	"pattern":              {"string"},
	"format":               {"string"},
	"enum":                 {"string", "number", "integer"},
	"minimum":              {"number", "integer"},
	"maximum":              {"number", "integer"},
	"minItems":             {"array"},
	"maxItems":             {"array"},
	"uniqueItems":          {"array"},
	"items":                {"array"},
	"minProperties":        {"object", ""},
	"maxProperties":        {"object", ""},
	"additionalProperties": {"object"},
	"properties":           {"object"},
	"required":             {"object", ""},
	"anyOf":                {"object", ""},
	"not":                  {"object", ""},
}

// checkedFormats are those of strings that the limits know: one they check, and one that is a name alone.
var checkedFormats = []string{"date-time", "object-id"}

// checkKeywords refuses what the limits cannot express, for a limit that is left out in silence would let through
// what the document forbids.
func (w *schemaWriter) checkKeywords(n *yaml.Node) {
	kind := text(get(n, "type"))
	if _, known := formats[kind]; !known && kind != "" {
		return // reported with all other unknown types
	}
	for key, value := range pairs(n) {
		name := key.Value
		types, known := expressible[name]
		switch {
		case slices.Contains(annotations, name), !isSchemaKeyword(name):
			continue // unknown keywords are reported for the document as a whole
		case !known:
			w.found.add(w.doc.name, key.Line, "%s in a schema of a request: the limits cannot express it", name)
		case !slices.Contains(types, kind):
			w.found.add(w.doc.name, key.Line, "%s in a schema of a request: the limits cannot express it for %s", name, typeName(kind))
		case strings.HasPrefix(name, "max") && name != "maximum" && plain(value) == 0.0:
			w.found.add(w.doc.name, key.Line, "%s: 0 in a schema of a request: the limits take 0 for no limit", name)
		case name == "additionalProperties" && value.Kind != yaml.ScalarNode:
			w.found.add(w.doc.name, key.Line, "additionalProperties in a schema of a request: the limits can express true and false, not a schema")
		case name == "format" && slices.Contains(formats[kind], text(value)) && !slices.Contains(checkedFormats, text(value)):
			w.found.add(w.doc.name, key.Line, "format %s in a schema of a request: the limits can express only %s", text(value), strings.Join(checkedFormats, ", "))
		case slices.Contains(ofTexts, name) && text(get(n, "format")) == "date-time":
			w.found.add(w.doc.name, key.Line, "%s beside format date-time in a schema of a request: the limits do not look at the text of a time", name)
		}
	}
}

// ofTexts limit the text of a string.
var ofTexts = []string{"minLength", "maxLength", "pattern", "enum"}

func typeName(kind string) string {
	if kind == "" {
		return "a schema without a type"
	}
	return "type " + kind
}
