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

// collectModels returns the models that can be reached from request bodies, and then those of success answers: each
// once, a type before those of its fields.
func collectModels(doc, shaped *source) []model {
	c := &collector{doc: doc, shaped: shaped.root(), seen: map[string]bool{}}
	ops := operations(shaped.root())
	for _, op := range ops {
		c.payloads(op.body(c.shaped))
	}
	for _, op := range ops {
		_, answer, pointer := op.success(c.shaped)
		c.payloads(answer, pointer)
	}
	return c.models
}

type collector struct {
	doc    *source
	shaped *yaml.Node
	seen   map[string]bool
	models []model
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

	if items := get(n, "items"); items != nil {
		c.walk(items, pointer+"/items")
	}
	for i, part := range items(get(n, "allOf")) {
		c.walk(part, pointer+"/allOf/"+strconv.Itoa(i))
	}
	for key, property := range pairs(get(n, "properties")) {
		c.walk(property, pointer+"/properties/"+escape.Replace(key.Value))
	}
}
