package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

// namesFunc is the function of generated files that lists all attributes.
const namesFunc = "Names"

// A plan is what a generated file holds.
type plan struct {
	pkg        string
	resource   string
	structName string
	attributes []attribute // by name
	leftOut    []string    // what has no place in the file or the struct, and why
}

// An attribute is one that has a place in the file.
type attribute struct {
	definitions.Attribute
	kind
	id     string
	values []value
}

// A value is one that the organisation allows.
type value struct {
	id          string
	text        string
	displayName string // of a node of a tree
}

// planOf decides what becomes of each definition.
func planOf(d *definitions.Definitions, o *options) *plan {
	p := &plan{pkg: o.pkg, resource: d.Resource, structName: o.structName}
	for _, a := range d.Attributes {
		if a.Deleted && !o.deleted {
			continue
		}
		if err := unsendable(a.Name); err != nil {
			p.leftOut = append(p.leftOut, quoted(a.Name)+" "+err.Error())
			continue
		}
		p.attributes = append(p.attributes, attribute{Attribute: a, kind: kindOf(a.Name, o.decimal)})
		if strings.Contains(a.Name, ",") && !a.Deleted && o.structName != "" {
			p.leftOut = append(p.leftOut, fmt.Sprintf("%s is not in %s: its name has a comma, which cannot stand in a tag", quoted(a.Name), o.structName))
		}
	}
	p.identify()
	return p
}

// notes are the warnings of a plan.
func (p *plan) notes() []string {
	var all []string
	for _, line := range p.leftOut {
		all = append(all, "left out: "+line)
	}
	return all
}

// identify gives all that has a place its identifier. Deleted attributes come last: they take none from others.
func (p *plan) identify() {
	t := taken{namesFunc: true}
	if p.structName != "" {
		t[p.structName] = true
	}
	p.identifyAttributes(t, false)
	for i := range p.attributes {
		if a := &p.attributes[i]; !a.Deleted {
			a.values = a.allowed()
			ids := t.claim(texts(a.values), func(text string) string { return a.id + joined(text) })
			for j := range a.values {
				a.values[j].id = ids[a.values[j].text]
			}
		}
	}
	p.identifyAttributes(t, true)
}

func (p *plan) identifyAttributes(t taken, deleted bool) {
	var names []string
	for _, a := range p.attributes {
		if a.Deleted == deleted {
			names = append(names, a.Name)
		}
	}
	ids := t.claim(names, identifier)
	for i, a := range p.attributes {
		if a.Deleted == deleted {
			p.attributes[i].id = ids[a.Name]
		}
	}
}

// allowed returns the values that may be set, sorted: their order in the agents' app changes nothing here. nil is any.
func (a *attribute) allowed() []value {
	var all []value
	for _, text := range a.Enumeration {
		all = append(all, value{text: text})
	}
	all = append(all, paths(a.Tree, "", a.LeafOnly)...)
	slices.SortStableFunc(all, func(a, b value) int {
		return slices.Compare(strings.Split(a.text, "."), strings.Split(b.text, "."))
	})
	return slices.CompactFunc(all, func(a, b value) bool { return a.text == b.text })
}

// paths returns the values of nodes and of those below them, as delivery.damaged_parcel.
func paths(nodes []definitions.Node, above string, leafOnly bool) []value {
	var all []value
	for _, n := range nodes {
		if !leafOnly || len(n.Children) == 0 {
			all = append(all, value{text: above + n.ID, displayName: n.DisplayName})
		}
		all = append(all, paths(n.Children, above+n.ID+".", leafOnly)...)
	}
	return all
}

func texts(values []value) []string {
	var all []string
	for _, v := range values {
		all = append(all, v.text)
	}
	return all
}
