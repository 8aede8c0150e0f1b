package main

import (
	"cmp"
	"math"
	"slices"

	"gopkg.in/yaml.v3"
)

// checkSchemas refuses limits that no value meets.
func checkSchemas(doc *source, found *problems) {
	visitSchemas(doc.root(), func(schema, whole *yaml.Node) {
		s := satisfiability{doc, found, schema}
		s.bounds()
		s.enum()
		s.combined()
		s.properties(whole)
	})
}

type satisfiability struct {
	doc    *source
	found  *problems
	schema *yaml.Node
}

func (s satisfiability) refuse(keyword, format string, args ...any) {
	s.found.add(s.doc.name, keyLine(s.schema, keyword), format, args...)
}

// number returns the value of a keyword, or otherwise if there is none.
func (s satisfiability) number(keyword string, otherwise float64) float64 {
	if f, ok := plain(get(s.schema, keyword)).(float64); ok {
		return f
	}
	return otherwise
}

func (s satisfiability) bounds() {
	for _, of := range []string{"Length", "imum", "Items", "Properties"} {
		least, most := s.number("min"+of, math.Inf(-1)), s.number("max"+of, math.Inf(1))
		if text(get(s.schema, "type")) == "integer" {
			least, most = math.Ceil(least), math.Floor(most)
		}
		if least > most {
			s.refuse("min"+of, "no value lies between min%s and max%s", of, of)
		}
	}
	different := items(get(deref(s.doc.root(), get(s.schema, "items")), "enum"))
	if different != nil && plain(get(s.schema, "uniqueItems")) == true && s.number("minItems", 0) > float64(len(different)) {
		s.refuse("minItems", "minItems is greater than the number of different items")
	}
}

func (s satisfiability) enum() {
	enum, nullable := get(s.schema, "enum"), plain(get(s.schema, "nullable")) == true
	if enum == nil {
		return
	}
	null := slices.ContainsFunc(items(enum), func(n *yaml.Node) bool { return plain(n) == nil })
	if null != nullable {
		s.refuse("enum", "null needs both nullable and a place in the enum")
	}
	if null && len(items(enum)) == 1 {
		s.refuse("enum", "the enum lists only null")
	}
}

func (s satisfiability) combined() {
	for _, keyword := range []string{"enum", "required", "allOf", "anyOf", "oneOf"} {
		if list := get(s.schema, keyword); list != nil && len(list.Content) == 0 {
			s.refuse(keyword, "%s is empty", keyword)
		}
	}
	own := text(get(s.schema, "type"))
	for _, part := range parts(s.schema) {
		if kind := text(get(deref(s.doc.root(), part), "type")); cmp.Or(kind, own) != cmp.Or(own, kind) {
			s.found.add(s.doc.name, part.Line, "the schema has type %s, the one around it type %s", kind, own)
		}
	}
}

// properties looks for the required names among the properties of the whole.
func (s satisfiability) properties(whole *yaml.Node) {
	required := items(get(s.schema, "required"))
	if float64(len(required)) > s.number("maxProperties", math.Inf(1)) {
		s.refuse("required", "required lists more than maxProperties")
	}
	known := propertyNames(s.doc.root(), whole, nil)
	for _, name := range required {
		if !slices.Contains(known, text(name)) {
			s.found.add(s.doc.name, name.Line, "required lists %q, which is not among the properties", written(name))
		}
	}
	closed := plain(get(s.schema, "additionalProperties")) == false
	if closed && s.number("minProperties", 0) > float64(len(propertyNames(s.doc.root(), s.schema, nil))) {
		s.refuse("minProperties", "minProperties is greater than the number of properties")
	}
}

// propertyNames returns the names that a schema allows. A closed one allows its own, whatever its parts have.
func propertyNames(root, n *yaml.Node, seen []*yaml.Node) (names []string) {
	n = deref(root, n)
	if n == nil || slices.Contains(seen, n) {
		return nil
	}
	for key := range pairs(get(n, "properties")) {
		names = append(names, key.Value)
	}
	if plain(get(n, "additionalProperties")) == false {
		return names
	}
	for _, part := range parts(n) {
		names = append(names, propertyNames(root, part, append(seen, n))...)
	}
	return names
}
