package main

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// files holds the documents that were read so far, and the targets of their references. A document may refer to itself and to
// those before it.
type files struct {
	sources []*source
	targets map[*yaml.Node]target // by the value of a $ref
}

type target struct {
	doc  *source
	node *yaml.Node
}

// add adds a document, and reports its references without a target.
func (f *files) add(doc *source, found *problems) {
	f.sources = append(f.sources, doc)
	visit(doc.root(), doc.root(), func(n, _ *yaml.Node) {
		ref := get(n, "$ref")
		if ref == nil {
			return
		}
		file, pointer, _ := strings.Cut(text(ref), "#/")
		to := target{doc: doc}
		if file != "" {
			to.doc = f.named(path.Join(path.Dir(doc.name), file))
		}
		if to.doc != nil {
			to.node = get(to.doc.root(), strings.Split(pointer, "/")...)
		}
		if to.node == nil {
			found.add(doc.name, ref.Line, "%s is not in the documents", text(ref))
		}
		f.targets[ref] = to
	})
}

// named returns the document of this name, or nil.
func (f *files) named(name string) *source {
	i := slices.IndexFunc(f.sources, func(s *source) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return f.sources[i]
}

// deref follows the $ref of a node. It returns nil if the references form a cycle.
func (f *files) deref(n *yaml.Node) *yaml.Node {
	for range 100 {
		ref := get(n, "$ref")
		if ref == nil {
			return n
		}
		n = f.targets[ref].node
	}
	return nil
}

// reference returns the $ref of a schema, or nil. A property that refers to a schema and has its own description holds
// the $ref as the only item of allOf, because readers ignore keywords next to a $ref.
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

// propertyNames returns the names of the properties of a schema and its parts.
func (f *files) propertyNames(n *yaml.Node) (names []string) {
	for _, schema := range append(parts(n), n) {
		for key := range pairs(get(f.deref(schema), "properties")) {
			names = append(names, key.Value)
		}
	}
	return names
}
