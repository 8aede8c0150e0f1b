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
	odd        []string    // what else is not as expected
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
		p.add(attribute{Attribute: a, kind: kindOf(a.Name, o.decimal)})
		if strings.Contains(a.Name, ",") && !a.Deleted && o.structName != "" {
			p.leftOut = append(p.leftOut, fmt.Sprintf("%s is not in %s: its name has a comma, which cannot stand in a tag", quoted(a.Name), o.structName))
		}
	}
	p.identify()
	return p
}

// add takes in an attribute, with the values that it may have.
func (p *plan) add(a attribute) {
	if !a.Deleted {
		a.values = a.allowed()
	}
	for _, v := range a.values {
		if _, ok := a.literal(v.text); !ok {
			what := a.phrase
			if a.goType == "float64" {
				what += " that float64 holds exactly"
			}
			p.odd = append(p.odd, fmt.Sprintf("%s: the value %s is not %s, so its values have no constants", a.Name, quoted(v.text), what))
			a.values = nil
			break
		}
	}
	p.attributes = append(p.attributes, a)
}

// notes are the warnings of a plan.
func (p *plan) notes() []string {
	all := p.odd
	for _, line := range p.leftOut {
		all = append(all, "left out: "+line)
	}
	return all
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
