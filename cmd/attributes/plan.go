package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/internal/definitions"
)

// A plan is the content of a generated file. The template reads the exported fields.
type plan struct {
	Package    string
	Resource   string
	Struct     string       // or "" for none
	Attributes []*attribute // sorted by name
	LeftOut    []string     // what the file or struct omits, and why
	warnings   []string
}

// An attribute is one that the file declares.
type attribute struct {
	definitions.Attribute
	kind
	ID       string
	Values   []value // nil allows all
	InStruct bool
}

// A value is an allowed value.
type value struct {
	ID          string
	Literal     string
	DisplayName string // only for nodes of a tree
	text        string
}

// planOf decides how each definition appears in the file.
func planOf(d *definitions.Definitions, o *options) *plan {
	p := &plan{Package: o.pkg, Resource: d.Resource, Struct: o.structName, warnings: d.Warnings}
	for _, definition := range d.Attributes {
		name := quoted(definition.Name)
		if definition.Deleted && !o.deleted {
			continue
		}
		if err := unsendable(definition.Name); err != nil {
			p.leaveOut(name + " " + err.Error())
			continue
		}
		a := &attribute{Attribute: definition, kind: kindOf(definition.Name, o.decimal)}
		p.Attributes = append(p.Attributes, a)
		if a.Deleted {
			continue
		}
		p.allow(a)
		switch {
		case p.Struct == "":
		case strings.Contains(a.Name, ","):
			p.leaveOut(fmt.Sprintf("%s is not in %s: its name has a comma, which a tag cannot hold", name, p.Struct))
		default:
			a.InStruct = true
		}
	}
	p.identify()
	return p
}

// unsendable returns why an attribute with that name cannot be sent, or nil.
func unsendable(name string) error { return custom.Raw(name, true).Value().Err() }

func (p *plan) leaveOut(what string) {
	p.LeftOut = append(p.LeftOut, what)
	p.warnings = append(p.warnings, "left out: "+what)
}

// allow sets the allowed values of an attribute, unless one of them cannot be a constant.
func (p *plan) allow(a *attribute) {
	values := allowed(a.Attribute)
	for i := range values {
		v, ok := &values[i], false
		if v.Literal, ok = a.literal(v.text); !ok {
			what := a.Phrase
			if a.Type == "float64" {
				what += " that float64 holds exactly"
			}
			p.warnings = append(p.warnings, fmt.Sprintf("%s: the value %s is not %s, so its values have no constants", a.Name, quoted(v.text), what))
			return
		}
	}
	a.Values = values
}

// allowed returns the allowed values, sorted so that their order in Kustomer does not matter. nil allows all.
func allowed(a definitions.Attribute) []value {
	all := paths(a.Tree, "", a.LeafOnly)
	for _, text := range a.Enumeration {
		all = append(all, value{text: text})
	}
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
			all = append(all, value{text: above + n.ID, DisplayName: n.DisplayName})
		}
		all = append(all, paths(n.Children, above+n.ID+".", leafOnly)...)
	}
	return all
}
