package main

import (
	"cmp"
	"math"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// checkSense reports keywords that no value satisfies, and those that refuse none: each is a slip.
func checkSense(s *source, places []place, found *problems) {
	whole := map[*yaml.Node]*yaml.Node{} // of each part of a schema
	for _, p := range places {
		if p.shape != schemaShape || p.node.Kind != yaml.MappingNode || get(p.node, "$ref") != nil {
			continue
		}
		around := cmp.Or(whole[p.node], p.node)
		for _, part := range parts(p.node) {
			whole[part] = around
		}
		c := senseChecker{s, found, p.node, plain(p.node).(map[string]any)}
		c.lists()
		c.bounds()
		c.enum()
		c.parts()
		c.required(around)
	}
}

// A senseChecker looks at one schema.
type senseChecker struct {
	source *source
	found  *problems
	node   *yaml.Node
	schema map[string]any // the same
}

func (c senseChecker) say(keyword, format string, args ...any) {
	c.found.add(c.source.name, keyLine(c.node, keyword), format, args...)
}

func (c senseChecker) list(keyword string) []any { list, _ := c.schema[keyword].([]any); return list }

// number returns a bound, or otherwise where there is none.
func (c senseChecker) number(keyword string, otherwise float64) float64 {
	if f, ok := c.schema[keyword].(float64); ok {
		return f
	}
	return otherwise
}

func (c senseChecker) lists() {
	for _, keyword := range []string{"enum", "required", "allOf", "anyOf", "oneOf"} {
		nodes, list := items(get(c.node, keyword)), c.list(keyword)
		if list != nil && len(list) == 0 {
			c.say(keyword, "%s lists nothing", keyword)
		}
		for i, item := range list {
			if slices.ContainsFunc(list[:i], func(other any) bool { return reflect.DeepEqual(item, other) }) {
				c.found.add(c.source.name, nodes[i].Line, "%s lists %s twice", keyword, cmp.Or(written(nodes[i]), "the same"))
			}
		}
	}
}

func (c senseChecker) bounds() {
	for _, of := range []string{"Length", "imum", "Items", "Properties"} {
		least, most := c.number("min"+of, math.Inf(-1)), c.number("max"+of, math.Inf(1))
		if c.schema["type"] == "integer" && of == "imum" {
			least, most = math.Ceil(least), math.Floor(most)
		}
		if least > most {
			c.say("min"+of, "nothing lies between min%s and max%s", of, of)
		}
	}
	if c.schema["uniqueItems"] == true {
		item, _ := deref(c.source.root(), get(c.node, "items"), "")
		if enum := items(get(item, "enum")); enum != nil && c.number("minItems", 0) > float64(len(enum)) {
			c.say("minItems", "minItems is greater than the number of items that can differ")
		}
	}
	if c.schema["x-explain"] != nil && c.schema["pattern"] == nil && c.schema["anyOf"] == nil && c.schema["not"] == nil {
		c.say("x-explain", "x-explain has nothing to explain: it goes with pattern, anyOf or not")
	}
}

// enum needs null in the list and nullable beside it. That the listed values fit is looked at with the examples.
func (c senseChecker) enum() {
	enum := c.list("enum")
	null := slices.Contains(enum, nil)
	switch {
	case null && len(enum) == 1:
		c.say("enum", "the enum lists null alone")
	case enum != nil && !null && c.schema["nullable"] == true:
		c.say("nullable", "nullable has no effect: the enum does not list null")
	}
}

// parts looks at what is combined with the schema.
func (c senseChecker) parts() {
	for _, node := range parts(c.node) {
		part, _ := deref(c.source.root(), node, "")
		kind := plain(get(part, "type"))
		if kind != nil && c.schema["type"] != nil && kind != c.schema["type"] {
			c.found.add(c.source.name, node.Line, "the part is of type %s, the schema around it of type %s", kind, c.schema["type"])
		}
		limits := false
		for key := range pairs(part) {
			limits = limits || !slices.Contains(annotations, key.Value) && (key.Value != "type" || kind != c.schema["type"])
		}
		if part != nil && !limits && !slices.Contains(items(get(c.node, "allOf")), node) {
			c.found.add(c.source.name, node.Line, "the part allows everything")
		}
	}
}

// required looks for the names among those of the whole to which the schema belongs.
func (c senseChecker) required(around *yaml.Node) {
	required := c.list("required")
	if most := c.number("maxProperties", math.Inf(1)); float64(len(required)) > most {
		c.say("required", "required lists more than maxProperties")
	}
	known := propertyNames(c.source.root(), around, nil)
	for _, node := range items(get(c.node, "required")) {
		if !slices.Contains(known, text(node)) {
			c.found.add(c.source.name, node.Line, "required lists %s, which is not among the properties", text(node))
		}
	}
	own, _ := c.schema["properties"].(map[string]any)
	if c.schema["additionalProperties"] == false && c.number("minProperties", 0) > float64(len(own)) {
		c.say("minProperties", "minProperties is greater than the number of properties")
	}
}

// propertyNames returns the names that a schema knows. A closed one knows its own, whatever its parts have.
func propertyNames(root, n *yaml.Node, seen []*yaml.Node) (names []string) {
	n, _ = deref(root, n, "")
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

// parts returns the schemas that a schema combines.
func parts(n *yaml.Node) []*yaml.Node {
	all := slices.Concat(items(get(n, "allOf")), items(get(n, "anyOf")), items(get(n, "oneOf")))
	if not := get(n, "not"); not != nil {
		all = append(all, not)
	}
	return all
}
