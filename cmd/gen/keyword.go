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

// A keyword is one that the request check enforces.
type keyword struct {
	name  string
	field string   // of limits.Schema
	types []string // the types that it applies to
}

var (
	numeric  = []string{"number", "integer"}
	allTypes = []string{"object", "array", "string", "number", "integer", "boolean"}
	onObject = []string{"object", ""} // or a part of an object's schema, which needs no type
)

// keywords come in the order of the fields of limits.Schema.
var keywords = []keyword{
	{"type", "Kind", allTypes},
	{"nullable", "Nullable", allTypes},
	{"minLength", "MinLength", []string{"string"}},
	{"maxLength", "MaxLength", []string{"string"}},
	{"pattern", "Pattern", []string{"string"}},
	{"enum", "Enum", []string{"string", "number", "integer"}}, // or Numbers
	{"format", "DateTime", []string{"string"}},
	{"minimum", "Min", numeric},
	{"maximum", "Max", numeric},
	{"minItems", "MinItems", []string{"array"}},
	{"maxItems", "MaxItems", []string{"array"}},
	{"uniqueItems", "Unique", []string{"array"}},
	{"items", "Items", []string{"array"}},
	{"minProperties", "MinProperties", onObject},
	{"maxProperties", "MaxProperties", onObject},
	{"additionalProperties", "Open", []string{"object"}},
	{"properties", "Properties", []string{"object"}},
	{"required", "Required", onObject},
	{"anyOf", "AnyOf", onObject},
	{"not", "Not", onObject},
	{"x-explain", "Explain", append([]string{""}, allTypes...)},
}

// annotations are the keywords that limit no value.
var annotations = []string{"title", "description", "example", "externalDocs", "deprecated", "default", "writeOnly"}

// ignored returns why the request check would ignore a keyword of a schema, or "" if it enforces it. What it ignores is
// refused, because it would let through what the document forbids.
func ignored(n *yaml.Node, kind, name string) string {
	i := slices.IndexFunc(keywords, func(k keyword) bool { return k.name == name })
	switch {
	case i < 0:
		return "the request check does not know it"
	case !slices.Contains(keywords[i].types, kind):
		return fmt.Sprintf("the request check ignores it for type %q", kind)
	case get(n, "enum") != nil && slices.Contains([]string{"minLength", "maxLength", "pattern", "format", "minimum", "maximum"}, name):
		return "the enum beside it limits the value already"
	case text(get(n, "format")) == "date-time" && slices.Contains([]string{"minLength", "maxLength", "pattern"}, name):
		return "the request check ignores it beside format date-time"
	case name == "x-explain" && get(n, "pattern") == nil && get(n, "anyOf") == nil && get(n, "not") == nil:
		return "it needs a pattern, anyOf or not to explain"
	}
	return ""
}

// value returns the code for the value of a keyword, and "" where it limits nothing.
func (w *schemaWriter) value(name, kind string, n *yaml.Node) (string, error) {
	switch name {
	case "type":
		return "limits." + upperFirst(kind), nil
	case "nullable", "uniqueItems", "additionalProperties":
		return boolean(n)
	case "minLength", "minItems", "minProperties":
		return integer(n, 0)
	case "maxLength", "maxItems", "maxProperties":
		return integer(n, 1) // the check takes 0 for no limit
	case "minimum", "maximum":
		return number(n)
	case "enum":
		return w.enum(kind, n)
	case "pattern":
		if text(n) == "" {
			return "", errors.New("must be a string and not empty")
		}
		if _, err := regexp.Compile(text(n)); err != nil {
			return "", fmt.Errorf("must be a regular expression of Go: %w", err)
		}
		return "limits.Pattern(" + quote(text(n)) + ")", nil
	case "format":
		switch text(n) {
		case "date-time":
			return "true", nil
		case "object-id":
			return "", nil // the name alone
		}
		return "", errors.New("must be date-time or object-id; the request check knows no other")
	case "items":
		return w.schema(n), nil
	case "not":
		return w.part(n), nil
	case "anyOf":
		var parts strings.Builder
		for _, item := range items(n) {
			parts.WriteString(strings.TrimPrefix(w.part(item), "&limits.Schema") + ",\n")
		}
		return "[]*limits.Schema{\n" + parts.String() + "}", nil
	case "properties":
		return w.properties(n), nil
	case "required":
		return quoteAll(texts(n)), nil
	case "x-explain":
		return quote(text(n)), nil
	}
	return "", nil
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

// integer returns an integer that Go's int holds on every platform.
func integer(n *yaml.Node, least float64) (string, error) {
	f, ok := plain(n).(float64)
	if !ok || f != math.Trunc(f) || f < least || f > math.MaxInt32 {
		return "", fmt.Errorf("must be an integer from %v to %d", least, math.MaxInt32)
	}
	return written(n), nil
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
