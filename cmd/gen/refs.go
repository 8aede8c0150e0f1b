package main

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// reference returns the $ref of a schema, or nil. Nothing may stand beside $ref, so a property that refers to a schema
// and has a description of its own holds it as the only item of allOf, with nothing beside it that limits values.
func reference(n *yaml.Node) *yaml.Node {
	all := items(get(n, "allOf"))
	if len(all) != 1 {
		return get(n, "$ref")
	}
	for key := range pairs(n) {
		if key.Value != "allOf" && !slices.Contains(annotations, key.Value) {
			return nil
		}
	}
	return get(all[0], "$ref")
}

// checkRefs reports references that leave the document, lead nowhere, or lead to something of another sort, and
// returns whether there are none of them.
func checkRefs(s *source, places []place, found *problems) bool {
	before := len(*found)
	shapes := map[string]*shape{}
	for _, p := range places {
		shapes[p.pointer] = p.shape
	}
	for _, p := range places {
		ref := get(p.node, "$ref")
		if !p.shape.ref || ref == nil || !fits(ref, aText) {
			continue
		}
		pointer, local := strings.CutPrefix(text(ref), "#")
		target, _ := deref(s.root(), p.node, p.pointer)
		switch {
		case !local:
			found.add(s.name, ref.Line, "$ref %q leaves the document; only references within it (#/...) are allowed", text(ref))
		case at(s.root(), pointer) == nil:
			found.add(s.name, ref.Line, "$ref %q leads nowhere", text(ref))
		case target == nil:
			found.add(s.name, ref.Line, "$ref %q leads to a reference that leads nowhere or in a circle", text(ref))
		case shapes[pointer] != p.shape:
			found.add(s.name, ref.Line, "$ref %q does not lead to %s", text(ref), p.shape.name)
		}
	}
	return len(*found) == before
}
