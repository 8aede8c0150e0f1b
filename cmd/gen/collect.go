package main

import (
	"path"
	"strconv"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// A model is a schema that becomes a named Go type.
type model struct {
	name      string // of the Go type
	pointer   string
	component bool       // whether it stands in components, rather than in a property that the overlay names
	schema    *yaml.Node // before the overlay, with all its limits
}

// collect finds the models that can be reached from request bodies, and then those of success answers: each once, a type
// before those of its fields.
func collect(doc, shaped *source) *collector {
	c := &collector{doc: doc, shaped: shaped.root(), seen: map[string]bool{}}
	ops := operations(shaped.root())
	for _, op := range ops {
		c.payloads(op.body(c.shaped))
	}
	for _, op := range ops {
		_, answer, pointer := op.success(c.shaped)
		c.payloads(answer, pointer)
	}
	return c
}

type collector struct {
	doc    *source
	shaped *yaml.Node
	seen   map[string]bool
	models []model
	unions []*yaml.Node // keywords that become Go types which marshal to {}
}

// checkUnions refuses what the overlay has left of them.
func checkUnions(doc, shaped *source, found *problems) {
	for _, key := range collect(doc, shaped).unions {
		found.add(doc.name, key.Line, "%s becomes a Go type that marshals to {}: let the overlay remove it or give the schema an x-go-type", key.Value)
	}
}

func (c *collector) payloads(n *yaml.Node, pointer string) {
	for _, p := range payloads(n, pointer) {
		c.walk(p.schema, p.pointer)
	}
}

func (c *collector) walk(n *yaml.Node, pointer string) {
	n, pointer = deref(c.shaped, n, pointer)
	if n == nil || c.seen[pointer] {
		return
	}
	c.seen[pointer] = true

	m := model{pointer: pointer, component: path.Dir(pointer) == "/components/schemas", name: text(get(n, "x-go-type-name"))}
	if m.name == "" && m.component {
		m.name = codegen.SchemaNameToTypeName(path.Base(pointer))
	}
	if m.name != "" {
		m.schema = at(c.doc.root(), pointer)
		c.models = append(c.models, m)
	}

	for key, value := range pairs(n) {
		switch key.Value {
		case "anyOf", "oneOf":
			if get(n, "x-go-type") == nil {
				c.unions = append(c.unions, key)
			}
		case "items", "additionalProperties":
			c.walk(value, pointer+"/"+key.Value)
		}
	}
	for i, part := range items(get(n, "allOf")) {
		c.walk(part, pointer+"/allOf/"+strconv.Itoa(i))
	}
	for key, property := range pairs(get(n, "properties")) {
		c.walk(property, pointer+"/properties/"+escape.Replace(key.Value))
	}
}
