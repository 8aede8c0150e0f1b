package main

import (
	"math"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A shape says what a YAML value may look like: which keywords it has and which types these take.
type shape struct {
	kind     kind
	name     string            // of an object, in messages
	keywords map[string]*shape // of an object
	element  *shape            // of a list or a table
	ref      bool              // a $ref may stand in its place
	extended bool              // a table in which x- marks an extension rather than a name
}

type kind int

const (
	anything kind = iota // not looked into
	aText
	aBool
	aCount // an integer from 0 to maxCount
	aNumber
	aList
	aTable // names chosen by the author
	anObject
	aBoolOrSchema
)

var wanted = map[kind]string{
	aText: "a string", aBool: "true or false", aCount: "an integer from 0 to 2147483647", aNumber: "a number",
	aList: "a list", aTable: "a mapping", anObject: "a mapping",
	aBoolOrSchema: "true, false or a schema",
}

// A place is a value with its shape and its JSON pointer.
type place struct {
	node    *yaml.Node
	shape   *shape
	pointer string
}

// checkShape reports keywords that do not exist and values of a wrong type. It returns every place it came by, and
// whether all types are right, without which the document cannot be loaded.
func checkShape(s *source, top *shape, found *problems) ([]place, bool) {
	w := &shapeWalker{source: s, found: found, typed: true}
	w.walk(place{s.root(), top, ""})
	return w.places, w.typed
}

type shapeWalker struct {
	source *source
	found  *problems
	places []place
	typed  bool
}

func (w *shapeWalker) mustBe(k kind, n *yaml.Node) {
	w.typed = false
	w.found.add(w.source.name, n.Line, "must be %s, is %s", wanted[k], kindName(n))
}

func (w *shapeWalker) walk(p place) {
	n := p.node
	if p.shape.kind == aBoolOrSchema && n.Kind == yaml.MappingNode {
		p.shape = schemaShape
	}
	w.places = append(w.places, p)
	if p.shape.ref && get(n, "$ref") != nil {
		w.reference(n)
		return
	}
	if !fits(n, p.shape.kind) {
		w.mustBe(p.shape.kind, n)
		return
	}
	switch p.shape.kind {
	case aList:
		for i, item := range n.Content {
			w.walk(place{item, p.shape.element, p.pointer + "/" + strconv.Itoa(i)})
		}
	case aTable:
		for key, value := range pairs(n) {
			if p.shape.extended && strings.HasPrefix(key.Value, "x-") {
				continue
			}
			w.walk(place{value, p.shape.element, p.pointer + "/" + escape.Replace(key.Value)})
		}
	case anObject:
		w.object(p)
	}
}

func (w *shapeWalker) object(p place) {
	for key, value := range pairs(p.node) {
		if keyword := p.shape.keywords[key.Value]; keyword != nil {
			w.walk(place{value, keyword, p.pointer + "/" + escape.Replace(key.Value)})
		} else {
			w.found.add(w.source.name, key.Line, "unknown keyword %q in %s", key.Value, p.shape.name)
		}
	}
}

// reference refuses what stands beside a $ref, where OpenAPI ignores it.
func (w *shapeWalker) reference(n *yaml.Node) {
	for key, value := range pairs(n) {
		switch {
		case key.Value != "$ref":
			w.found.add(w.source.name, key.Line, "%q beside a $ref has no effect", key.Value)
		case !fits(value, aText):
			w.mustBe(aText, value)
		}
	}
}

// maxCount is the largest count that Go's int holds on every platform.
const maxCount = math.MaxInt32

func fits(n *yaml.Node, k kind) bool {
	if k == anything {
		return true
	}
	switch v := plain(n).(type) {
	case []any:
		return k == aList
	case map[string]any:
		return k == aTable || k == anObject
	case string:
		return k == aText
	case bool:
		return k == aBool || k == aBoolOrSchema
	case float64:
		return k == aNumber || k == aCount && v == math.Trunc(v) && v >= 0 && v <= maxCount
	}
	return false
}
