package main

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A keyword is a keyword of a schema that the request check enforces.
type keyword struct {
	name  string
	field string                             // of schema.Schema
	types []string                           // the types that it applies to
	code  func(n *yaml.Node) (string, error) // the code for its value; "" means no limit
}

var allTypes = []string{"object", "array", "string", "number", "integer", "boolean"}

// annotations are the keywords that do not limit values.
var annotations = []string{"title", "description", "example", "externalDocs", "deprecated", "default", "writeOnly"}

// keywords returns the keywords for a schema of a type, in the order of the fields of schema.Schema.
func (w *schemaWriter) keywords(kind string) []keyword {
	onString, onArray, onNumber := []string{"string"}, []string{"array"}, []string{"number", "integer"}
	onObject := []string{"object", ""} // "" is a part of an object's schema, which needs no type
	schema := func(n *yaml.Node) (string, error) { return w.schema(n), nil }
	return []keyword{
		{"type", "Kind", allTypes, func(*yaml.Node) (string, error) { return "schema." + upperFirst(kind), nil }},
		{"nullable", "Nullable", allTypes, boolean},
		{"minLength", "MinLength", onString, atLeast(0)},
		{"maxLength", "MaxLength", onString, atLeast(1)}, // in the check, 0 means no limit
		{"pattern", "Pattern", onString, pattern},
		{"enum", "Enum", onString, enum(kind)},
		{"enum", "Numbers", onNumber, enum(kind)},
		{"format", "DateTime", onString, format},
		{"minimum", "Min", onNumber, number},
		{"maximum", "Max", onNumber, number},
		{"minItems", "MinItems", onArray, atLeast(0)},
		{"maxItems", "MaxItems", onArray, atLeast(1)},
		{"uniqueItems", "Unique", onArray, boolean},
		{"items", "Items", onArray, schema},
		{"minProperties", "MinProperties", onObject, atLeast(0)},
		{"maxProperties", "MaxProperties", onObject, atLeast(1)},
		{"additionalProperties", "Open", []string{"object"}, boolean},
		{"properties", "Properties", []string{"object"}, w.properties},
		{"required", "Required", onObject, func(n *yaml.Node) (string, error) { return quoteAll(texts(n)), nil }},
		{"allOf", "AllOf", append(allTypes, ""), w.schemas},
		{"anyOf", "AnyOf", onObject, w.schemas},
		{"not", "Not", onObject, schema},
		{"x-explain", "Explain", append(allTypes, ""), func(n *yaml.Node) (string, error) { return quote(text(n)), nil }},
	}
}

// ignored returns why the request check would ignore a keyword because of the others of a schema, or "" if it enforces it.
func ignored(schema *yaml.Node, name string) string {
	ofText := slices.Contains([]string{"minLength", "maxLength", "pattern"}, name)
	switch {
	case get(schema, "enum") != nil && (ofText || slices.Contains([]string{"format", "minimum", "maximum"}, name)):
		return "the enum already limits the value"
	case text(get(schema, "format")) == "date-time" && ofText:
		return "the request check ignores it with format date-time"
	case name == "x-explain" && get(schema, "pattern") == nil && get(schema, "anyOf") == nil && get(schema, "not") == nil:
		return "it needs a pattern, anyOf or not to explain"
	}
	return ""
}

func boolean(n *yaml.Node) (string, error) {
	switch plain(n) {
	case true:
		return "true", nil
	case false:
		return "", nil
	}
	return "", errors.New("must be true or false")
}

// atLeast returns the code for an integer that Go's int holds on every platform.
func atLeast(least float64) func(n *yaml.Node) (string, error) {
	return func(n *yaml.Node) (string, error) {
		f, ok := plain(n).(float64)
		if !ok || f != math.Trunc(f) || f < least || f > math.MaxInt32 {
			return "", fmt.Errorf("must be an integer from %v to %d", least, math.MaxInt32)
		}
		return written(n), nil
	}
}

// number returns a pointer to a float64.
func number(n *yaml.Node) (string, error) {
	if _, ok := plain(n).(float64); !ok {
		return "", errors.New("must be a number")
	}
	s := written(n)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return "new(" + s + ")", nil
}

func pattern(n *yaml.Node) (string, error) {
	if text(n) == "" {
		return "", errors.New("must be a string and not empty")
	}
	if _, err := regexp.Compile(text(n)); err != nil {
		return "", fmt.Errorf("must be a Go regular expression: %w", err)
	}
	return "schema.Pattern(" + quote(text(n)) + ")", nil
}

func format(n *yaml.Node) (string, error) {
	switch text(n) {
	case "date-time":
		return "true", nil
	case "object-id", "email":
		return "", nil // not checked: Kustomer decides what is an id or an email address
	}
	return "", errors.New("must be date-time, object-id or email; the request check knows no other")
}

// enum returns the code for the values other than null, which the keyword nullable allows.
func enum(kind string) func(n *yaml.Node) (string, error) {
	return func(n *yaml.Node) (string, error) {
		var values []string
		for _, item := range items(n) {
			switch v := plain(item).(type) {
			case nil:
				continue
			case string:
				if kind == "string" {
					values = append(values, quote(v))
					continue
				}
			case float64:
				if kind == "number" || kind == "integer" && v == math.Trunc(v) {
					values = append(values, written(item))
					continue
				}
			}
			return "", fmt.Errorf("must list values of type %s", kind)
		}
		if kind == "string" {
			return "[]string{" + strings.Join(values, ", ") + "}", nil
		}
		return "[]float64{" + strings.Join(values, ", ") + "}", nil
	}
}
