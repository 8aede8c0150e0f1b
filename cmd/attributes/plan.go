package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

// namesFunc is the function in generated files that lists the attributes in use.
const namesFunc = "Names"

// A plan is the content of a generated file.
type plan struct {
	pkg        string
	resource   string
	structName string
	attributes []attribute // sorted by name
	leftOut    []string    // what the file or struct omits, and why
	warnings   []string    // other warnings
}

// An attribute is one that the file declares.
type attribute struct {
	definitions.Attribute
	kind
	id     string
	values []value
}

// A value is an allowed value.
type value struct {
	id          string
	text        string
	displayName string // only for nodes of a tree
}

// planOf decides how each definition appears in the file.
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
			p.leftOut = append(p.leftOut, fmt.Sprintf("%s is not in %s: its name has a comma, which a tag cannot hold", quoted(a.Name), o.structName))
		}
	}
	p.identify()
	return p
}

// add adds an attribute with its allowed values.
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
			p.warnings = append(p.warnings, fmt.Sprintf("%s: the value %s is not %s, so its values have no constants", a.Name, quoted(v.text), what))
			a.values = nil
			break
		}
	}
	p.attributes = append(p.attributes, a)
}

// allWarnings returns the warnings to print.
func (p *plan) allWarnings() []string {
	all := p.warnings
	for _, line := range p.leftOut {
		all = append(all, "left out: "+line)
	}
	return all
}

// allowed returns the allowed values, sorted so that their order in Kustomer does not matter. nil allows all.
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

// paths returns the values of nodes and their children, such as delivery.damaged_parcel.
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
