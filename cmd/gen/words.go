package main

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// describe speaks of a property: its limits, and its own description or the gist of that of the schema it refers to.
func describe(root, property *yaml.Node, required bool) (limits []string, about string) {
	schema, _ := deref(root, property, "")
	if required {
		limits = append(limits, "required")
	}
	about = prose(text(get(schema, "description")))
	referred := reference(property) != nil
	switch {
	case get(property, "$ref") != nil:
		about = firstSentence(about)
	case referred:
		schema, _ = deref(root, get(property, "allOf").Content[0], "")
	}
	// What an object holds stands in the comment of its own type.
	if !referred || text(get(schema, "type")) != "object" {
		limits = append(limits, limitsOf(root, schema)...)
	}
	return limits, about
}

const mayBeNull = "may be null"

// limitsOf puts the limits of a schema into words.
func limitsOf(root, schema *yaml.Node) []string {
	var all []string
	add := func(s string) {
		if s != "" {
			all = append(all, s)
		}
	}
	if plain(get(schema, "nullable")) == true {
		add(mayBeNull)
	}
	add(oneOf(get(schema, "enum")))
	add(span(schema, "minLength", "maxLength", "character"))
	add(span(schema, "minimum", "maximum", ""))
	list := span(schema, "minItems", "maxItems", "item")
	if plain(get(schema, "uniqueItems")) == true {
		list = strings.TrimPrefix(list+", each once", ", ")
	}
	if item, _ := deref(root, get(schema, "items"), ""); item != nil && text(get(item, "type")) != "object" {
		if each := limitsOf(root, item); each != nil {
			list = strings.TrimPrefix(list+"; each "+strings.Join(each, ", "), "; ")
		}
	}
	add(list)
	if closed := plain(get(schema, "additionalProperties")) == false; closed || get(schema, "maxProperties") != nil {
		add(span(schema, "minProperties", "maxProperties", "field"))
	}
	add(text(get(schema, "x-explain")))
	return all
}

// typeLimits are the limits of a schema as a type: whether null may stand in its place is the fields' affair.
func typeLimits(root, schema *yaml.Node) []string {
	return slices.DeleteFunc(limitsOf(root, schema), func(s string) bool { return s == mayBeNull })
}

func oneOf(enum *yaml.Node) string {
	var values []string
	for _, item := range items(enum) {
		if plain(item) != nil {
			values = append(values, written(item))
		}
	}
	switch len(values) {
	case 0:
		return ""
	case 1:
		return "only " + values[0]
	}
	return "one of " + strings.Join(values, ", ")
}

// span names a lower and an upper bound.
func span(schema *yaml.Node, minimum, maximum, unit string) string {
	from, to := written(get(schema, minimum)), written(get(schema, maximum))
	if from == "0" && unit != "" {
		from = ""
	}
	if from == "1" && to == "" && unit == "character" {
		return "not empty"
	}
	plural := func(n string) string {
		switch {
		case unit == "":
			return n
		case n == "1":
			return n + " " + unit
		}
		return n + " " + unit + "s"
	}
	switch {
	case from == "" && to == "":
		return ""
	case from == "":
		return "up to " + plural(to)
	case to == "":
		return "at least " + plural(from)
	}
	return fmt.Sprintf("%s to %s", from, plural(to))
}
