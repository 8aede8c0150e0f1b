// Package definitions reads what an organisation has defined as custom attributes, from the answer of
// GET /v1/metadata/{resource}.
package definitions

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/gen/metadata"
)

// Definitions are the custom attributes of one kind of record.
type Definitions struct {
	Resource   string      // as conversation
	Attributes []Attribute // by name
	// Odd tells, in a line each, of attributes that are defined in a way nobody has seen; what could be read of them is there.
	Odd []string
}

// An Attribute is the definition of one custom attribute.
type Attribute struct {
	Name        string // system name, suffix included
	DisplayName string
	Enumeration []string // the values allowed; nil where any is
	Target      string   // the kind of record that an id is of, as kobject.order
	List        bool     // values are lists
	Tree        []Node   // the choices
	LeafOnly    bool     // of the tree, only nodes without children may be chosen
	Deleted     bool     // still listed, and no longer in use
}

// A Node is one choice in a tree.
type Node struct {
	ID          string
	DisplayName string
	Children    []Node
}

// Names returns the names of the attributes that are in use.
func (d *Definitions) Names() []string {
	var names []string
	for _, a := range d.Attributes {
		if !a.Deleted {
			names = append(names, a.Name)
		}
	}
	return names
}

// of makes definitions of the properties of an answer.
func of(resource string, properties map[string]json.RawMessage) *Definitions {
	d := &Definitions{Resource: resource}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		a, odd := attribute(name, properties[name])
		d.Attributes = append(d.Attributes, a)
		d.Odd = append(d.Odd, odd...)
	}
	return d
}

// attribute reads one definition. What is odd about it costs no more than the part that is.
func attribute(name string, raw json.RawMessage) (a Attribute, odd []string) {
	a.Name = name
	var m metadata.Attribute
	if err := json.Unmarshal(raw, &m); err != nil {
		// Which part it is, is in the error; the others one by one.
		m, odd = parts(name, raw)
	}
	a.DisplayName, a.Target, a.LeafOnly = m.DisplayName, m.Target, m.LastNodeRequired
	a.List = m.Array || m.Multi
	a.Deleted = given(m.DeletedAt) || given(m.DeletedBy)
	if len(m.Enumeration) > 0 && m.Enumeration[0] == '[' {
		var texts []*string
		if err := json.Unmarshal(m.Enumeration, &texts); err != nil || slices.Contains(texts, nil) {
			odd = append(odd, name+": the enumeration is no list of texts, so any value counts as allowed")
			texts = nil
		}
		for _, text := range texts {
			a.Enumeration = append(a.Enumeration, *text)
		}
	}
	a.Tree, odd = nodes(name, m.Tree.Children, odd)
	return a, odd
}

// parts reads a definition key by key, and leaves out those that are of an unexpected type.
func parts(name string, raw json.RawMessage) (m metadata.Attribute, odd []string) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(raw, &keys) != nil {
		return m, []string{name + ": the definition is no object, so only its name counts"}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		var one metadata.Attribute
		text, _ := json.Marshal(map[string]json.RawMessage{key: keys[key]}) // both are JSON
		if json.Unmarshal(text, &one) != nil {
			odd = append(odd, name+": "+key+" is of an unexpected type and left out")
			continue
		}
		_ = json.Unmarshal(text, &m)
	}
	return m, odd
}

// given reports whether something is said that is neither null nor false nor "".
func given(raw json.RawMessage) bool {
	return !slices.Contains([]string{"", "null", "false", `""`}, strings.TrimSpace(string(raw)))
}

func nodes(name string, children []metadata.TreeNode, odd []string) ([]Node, []string) {
	var all []Node
	for _, c := range children {
		switch {
		case c.Deleted:
		case c.ID == "":
			odd = append(odd, name+": a node of the tree has no id and is left out, with all below it")
		default:
			var below []Node
			below, odd = nodes(name, c.Children, odd)
			all = append(all, Node{c.ID, c.DisplayName, below})
		}
	}
	return all, odd
}
