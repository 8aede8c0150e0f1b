package kustomertest

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/kustomer-go/kustomer/custom"
)

// An Attribute is the definition of a custom attribute. Its zero value is what the suffix of its name says.
type Attribute struct {
	DisplayName string   // default: the name in words, without its suffix
	List        bool     // values are lists; other attributes refuse lists (assumed)
	Enumeration []string // the values allowed; nil allows any (that others are refused is assumed)
	Target      string   // of the suffix Id: the kind of the records, as kobject.order; not checked
	Tree        []Node   // of the suffix Tree: the paths allowed; nil allows any
	LeafOnly    bool     // of the suffix Tree: inner nodes are refused
	Deleted     bool     // listed as deleted, and no longer accepted in requests (assumed)

	either bool // a value and a list are both allowed, whatever List says
}

// A Node is one choice of a [Attribute.Tree]. A value is the ids from the root on, joined by dots (observed).
type Node struct {
	ID          string // a part of the values of the attribute, which are paths of ids joined by dots
	DisplayName string // shown in the metadata
	Children    []Node
}

// WithAttributes defines custom attributes of conversations by name, suffix included, and only these: any other
// is answered 400 as undefined. A name may have a suffix that is not known; its values are then not checked.
//
// Each takes one value, and a list is answered 400 (assumed). One that takes lists, as the List of a key of package
// custom sends them, is defined by
//
//	kustomertest.WithAttribute("productsStr", kustomertest.Attribute{List: true})
//
// Without this option, [WithAttribute] and [WithMetadata] any name without blanks is defined, and takes a value and a list alike. Where
// it ends in Str, Txt, Num, At, Bool, Url, Id or Tree, they have to be what that says.
func WithAttributes(names ...string) Option {
	return func(c *config) {
		c.anyAttribute = false
		for _, n := range names {
			if _, ok := c.attributes[n]; !ok {
				c.attributes[n] = Attribute{}
			}
		}
	}
}

// WithAttribute is [WithAttributes] for one attribute with more than a name: one that takes lists, or only certain values.
func WithAttribute(name string, a Attribute) Option {
	return func(c *config) {
		c.anyAttribute = false
		c.attributes[name] = a
	}
}

// attribute returns the definition of that name, and false where there is none. Where any is defined, it is a list as soon
// as one was sent.
func (s *Server) attribute(name string) (Attribute, bool) {
	if s.cfg.anyAttribute {
		isName := custom.Raw(name, nil).Value().Err() == nil
		return Attribute{List: s.store.used[name], either: true}, isName
	}
	a, ok := s.cfg.attributes[name]
	return a, ok
}

// metadata answers the definitions. Where any attribute is defined, it lists those that were used.
func (s *Server) metadata(*call, string) *answer {
	names := slices.Collect(maps.Keys(s.cfg.attributes))
	if s.cfg.anyAttribute {
		names = slices.Collect(maps.Keys(s.store.used))
	}
	properties := make(map[string]any, len(names))
	for _, n := range names {
		a, _ := s.attribute(n)
		properties[n] = s.property(n, a)
	}
	return &answer{status: 200, body: encode(map[string]any{"data": map[string]any{
		"type":          "metadata",
		"id":            "conversation",
		"attributes":    map[string]any{"properties": properties},
		"relationships": map[string]any{"org": relate("org", "orgs", s.store.org)},
		"links":         self("/v1/metadata/conversation"),
	}})}
}

// typeNames are the types that metadata names; those of Bool, At, Tree, Url and Id are assumed.
var typeNames = map[string]string{
	"Str": "string", "Txt": "string", "Url": "string", "Id": "string",
	"Num": "number", "Bool": "boolean", "At": "date", "Tree": "tree",
}

func (s *Server) property(name string, a Attribute) map[string]any {
	suffix := suffixOf(name)
	p := map[string]any{"displayName": a.DisplayName}
	if a.DisplayName == "" {
		p["displayName"] = words(strings.TrimSuffix(name, suffix))
	}
	if t, ok := typeNames[suffix]; ok {
		p["type"] = t
	}
	if a.Enumeration != nil {
		p["enumeration"] = a.Enumeration
	}
	switch {
	case suffix == "Id":
		p["multi"] = a.List
		if a.Target != "" {
			p["target"] = a.Target
		}
	case suffix == "Tree":
		p["tree"] = map[string]any{"children": children(a.Tree)}
		p["lastNodeRequired"] = a.LeafOnly
	case a.List:
		p["array"] = true
	}
	if a.Deleted {
		p["deletedAt"] = stamp(s.store.began)
		p["deletedBy"] = s.store.user
	}
	return p
}

func children(nodes []Node) []map[string]any {
	list := []map[string]any{}
	for _, n := range nodes {
		m := map[string]any{"id": n.ID, "displayName": n.DisplayName}
		if n.DisplayName == "" {
			m["displayName"] = words(n.ID)
		}
		if len(n.Children) > 0 {
			m["children"] = children(n.Children)
		}
		list = append(list, m)
	}
	return list
}

// words writes a system name as Kustomer's default display name: orderNumber as "Order Number".
func words(name string) string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(name, "@") {
		if i == 0 {
			r = unicode.ToUpper(r)
		} else if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// inTree reports whether path leads to a node, and to a leaf where leafOnly.
func inTree(nodes []Node, path string, leafOnly bool) bool {
	id, rest, deeper := strings.Cut(path, ".")
	for _, n := range nodes {
		if n.ID == id {
			if deeper {
				return inTree(n.Children, rest, leafOnly)
			}
			return !leafOnly || len(n.Children) == 0
		}
	}
	return false
}
