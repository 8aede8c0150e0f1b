// Package definitions reads the custom attributes that an organisation has defined, from the response of GET
// /v1/metadata/{resource}.
package definitions

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/gen/metadata"
)

// Definitions holds the custom attributes of one kind of record.
type Definitions struct {
	Resource   string      // such as conversation
	Attributes []Attribute // sorted by name
	Warnings   []string    // one for each unexpected part of a definition, which is ignored
}

// An Attribute is the definition of one custom attribute.
type Attribute struct {
	Name        string // system name, suffix included
	DisplayName string
	Enumeration []string // the allowed values; nil allows all
	Target      string   // the kind of record that an id refers to, such as kobject.order
	List        bool     // values are lists
	Tree        []Node   // the choices of a tree
	LeafOnly    bool     // only nodes without children can be chosen
	Deleted     bool     // listed, but no longer in use
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

// fromProperties returns the definitions in the properties of a response.
func fromProperties(resource string, properties map[string]json.RawMessage) *Definitions {
	d := &Definitions{Resource: resource}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		a, warnings := attribute(name, properties[name])
		d.Attributes = append(d.Attributes, a)
		d.Warnings = append(d.Warnings, warnings...)
	}
	return d
}

// attribute reads one definition. It returns a warning for each part that it ignores.
func attribute(name string, raw json.RawMessage) (Attribute, []string) {
	m, warnings := parts(name, raw)
	a := Attribute{
		Name:        name,
		DisplayName: m.DisplayName,
		Target:      m.Target,
		List:        m.Array || m.Multi,
		LeafOnly:    m.LastNodeRequired,
		Deleted:     given(m.DeletedAt) || given(m.DeletedBy),
	}
	if len(m.Enumeration) > 0 && m.Enumeration[0] == '[' {
		var texts []*string // nil for null
		if err := json.Unmarshal(m.Enumeration, &texts); err != nil || slices.Contains(texts, nil) {
			warnings = append(warnings, name+": the enumeration is not a list of strings, so any value is allowed")
			texts = nil
		}
		for _, text := range texts {
			a.Enumeration = append(a.Enumeration, *text)
		}
	}
	a.Tree, warnings = nodes(name, m.Tree.Children, warnings)
	return a, warnings
}

// parts reads a definition key by key, so that one with an unexpected type does not affect the others.
func parts(name string, raw json.RawMessage) (m metadata.Attribute, warnings []string) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(raw, &keys) != nil {
		return m, []string{name + ": the definition is not an object, so only its name is used"}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		with := m
		text, _ := json.Marshal(map[string]json.RawMessage{key: keys[key]}) // cannot fail: the value is valid JSON
		if json.Unmarshal(text, &with) != nil {
			warnings = append(warnings, name+": "+key+" has an unexpected type and is ignored")
			continue
		}
		m = with
	}
	return m, warnings
}

// given reports whether a value is present and not null, false or "".
func given(raw json.RawMessage) bool {
	return !slices.Contains([]string{"", "null", "false", `""`}, strings.TrimSpace(string(raw)))
}

// nodes returns the choices in a tree that are in use.
func nodes(name string, children []metadata.TreeNode, warnings []string) ([]Node, []string) {
	var all []Node
	for _, c := range children {
		switch {
		case c.Deleted:
		case c.ID == "":
			warnings = append(warnings, name+": a node of the tree has no id and is ignored, with its children")
		default:
			var below []Node
			below, warnings = nodes(name, c.Children, warnings)
			all = append(all, Node{c.ID, c.DisplayName, below})
		}
	}
	return all, warnings
}
