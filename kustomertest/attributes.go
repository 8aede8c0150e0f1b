package kustomertest

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/kustomer-go/kustomer/custom"
)

// An Attribute is the definition of a custom attribute. The zero Attribute accepts a value that fits the suffix of the name.
type Attribute struct {
	DisplayName string   // default: the name in words, without its suffix
	List        bool     // values are lists; other attributes refuse lists (assumed)
	Enumeration []string // the allowed values; nil allows all (that others are refused is assumed)
	Target      string   // for the suffix Id: the kind of the record, such as kobject.order; not checked
	Tree        []Node   // for the suffix Tree: the allowed paths; nil allows all
	LeafOnly    bool     // for the suffix Tree: inner nodes are refused
	Deleted     bool     // listed as deleted, and refused in requests (assumed)
}

// A Node is one choice in an [Attribute.Tree]. A value is the path of ids from the root, joined by dots (observed).
type Node struct {
	ID          string
	DisplayName string // shown in the metadata
	Children    []Node
}

// Attributes returns definitions for [Config.Attributes] that only have a name.
func Attributes(names ...string) map[string]Attribute {
	attributes := make(map[string]Attribute, len(names))
	for _, name := range names {
		attributes[name] = Attribute{}
	}
	return attributes
}

// definition returns the definition of an attribute, if there is one. If any name is allowed, it is one that allows v.
func definition(defined map[string]Attribute, name string, v any) (Attribute, bool) {
	if defined == nil {
		_, isList := v.([]any)
		return Attribute{List: isList}, custom.Raw(name, nil).Value().Err() == nil
	}
	a, ok := defined[name]
	return a, ok
}

// metadata returns the definitions. If any name is allowed, it returns the attributes that were used.
func (s *Server) metadata(*call, string) *response {
	properties := make(map[string]any)
	for name, a := range s.cfg.Attributes {
		properties[name] = s.property(name, a)
	}
	if s.cfg.Attributes == nil {
		for name, list := range s.store.used {
			properties[name] = s.property(name, Attribute{List: list})
		}
	}
	attributes := map[string]any{"properties": properties}
	return dataResponse(200, s.resource("metadata", "/v1/metadata/conversation", "conversation", attributes, nil))
}

func (s *Server) property(name string, a Attribute) map[string]any {
	suffix := suffixOf(name)
	p := map[string]any{"displayName": cmp.Or(a.DisplayName, defaultDisplayName(strings.TrimSuffix(name, suffix)))}
	if suffix != "" {
		p["type"] = suffixes[suffix]
	}
	if a.Enumeration != nil {
		p["enumeration"] = a.Enumeration
	}
	if a.Target != "" {
		p["target"] = a.Target
	}
	switch {
	case suffix == "Id":
		p["multi"] = a.List
	case suffix == "Tree":
		p["tree"] = map[string]any{"children": children(a.Tree)}
		p["lastNodeRequired"] = a.LeafOnly
	case a.List:
		p["array"] = true
	}
	if a.Deleted {
		p["deletedAt"] = formatTime(s.store.began)
		p["deletedBy"] = s.store.user
	}
	return p
}

func children(nodes []Node) []map[string]any {
	list := []map[string]any{}
	for _, n := range nodes {
		m := map[string]any{"id": n.ID, "displayName": cmp.Or(n.DisplayName, defaultDisplayName(n.ID))}
		if len(n.Children) > 0 {
			m["children"] = children(n.Children)
		}
		list = append(list, m)
	}
	return list
}

// defaultDisplayName returns Kustomer's default display name of a system name: Order Number for orderNumber.
func defaultDisplayName(name string) string {
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

// inTree reports whether path leads to a node, or to a leaf if leafOnly is set.
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
