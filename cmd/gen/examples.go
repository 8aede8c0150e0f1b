package main

import (
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// checkExamples holds every example, default and listed value against the schema beside it. The validator would stop at the first
// one of each media type, look at no header, and name no line.
func checkExamples(s *source, places []place, spec *openapi3.T, found *problems) {
	c := &exampleChecker{source: s, found: found, schemas: schemasByPointer(spec)}
	for _, p := range places {
		switch p.shape {
		case schemaShape:
			c.check("example", p.node, p.pointer, get(p.node, "example"))
			c.check("default", p.node, p.pointer, get(p.node, "default"))
			for _, item := range items(get(p.node, "enum")) {
				c.check("value of the enum", p.node, p.pointer, item)
			}
		case mediaTypeShape, parameterShape, headerShape:
			beside, pointer := get(p.node, "schema"), p.pointer+"/schema"
			c.check("example", beside, pointer, get(p.node, "example"))
			for _, named := range pairs(get(p.node, "examples")) {
				value, _ := deref(s.root(), named, "")
				c.check("example", beside, pointer, get(value, "value"))
			}
		}
	}
}

// schemasByPointer returns all schemas by the place where they are written. The library visits a schema once, at the
// first place from which it is reached, so components are visited one by one, without what they refer to.
func schemasByPointer(spec *openapi3.T) map[string]*openapi3.Schema {
	all := map[string]*openapi3.Schema{}
	under := func(base string) openapi3.WalkSchemasFunc {
		return func(pointer string, ref *openapi3.SchemaRef) error {
			if ref.Ref != "" {
				return openapi3.SkipSubtree
			}
			all[base+pointer] = ref.Value
			return nil
		}
	}
	// The walks end early only with an error of the function above, which returns none.
	_ = spec.WalkSchemas(under(""))
	if spec.Components != nil {
		for name, ref := range spec.Components.Schemas {
			_ = ref.WalkSubtree(under("/components/schemas/" + escape.Replace(name)))
		}
	}
	return all
}

type exampleChecker struct {
	source  *source
	found   *problems
	schemas map[string]*openapi3.Schema
}

func (c *exampleChecker) check(what string, node *yaml.Node, pointer string, value *yaml.Node) {
	if node == nil || value == nil {
		return
	}
	_, pointer = deref(c.source.root(), node, pointer)
	checked := c.schemas[pointer]
	if checked == nil {
		c.found.add(c.source.name, value.Line, "the %s cannot be checked: no schema at %s", what, pointer)
		return
	}
	c.report(what, value, checked.VisitJSON(plain(value), openapi3.MultiErrors(), openapi3.EnableFormatValidation()))
}

func (c *exampleChecker) report(what string, value *yaml.Node, err error) {
	var several openapi3.MultiError
	schemaErr := new(openapi3.SchemaError)
	switch {
	case err == nil:
	case isMulti(err, &several):
		for _, one := range several {
			c.report(what, value, one)
		}
	case errors.As(err, &schemaErr):
		node := value
		pointer := schemaErr.JSONPointer()
		for _, token := range pointer {
			if next := child(node, token); next != nil {
				node = next
			}
		}
		where := ""
		if len(pointer) > 0 {
			where = " at /" + strings.Join(pointer, "/")
		}
		c.found.add(c.source.name, node.Line, "the %s does not fit its schema%s: %s", what, where, reason(schemaErr))
	default:
		c.found.add(c.source.name, value.Line, "the %s does not fit its schema: %s", what, firstLine(err.Error()))
	}
}

// isMulti does without errors.As, which would find one error among several.
func isMulti(err error, several *openapi3.MultiError) bool {
	me, ok := err.(openapi3.MultiError)
	*several = me
	return ok
}

func reason(err *openapi3.SchemaError) string {
	if err.Reason != "" {
		return firstLine(err.Reason)
	}
	return "does not satisfy " + err.SchemaField
}
