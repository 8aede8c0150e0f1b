package main

import (
	"iter"
	"strconv"

	"gopkg.in/yaml.v3"
)

// pairs yields the keys and values of a mapping in the order of the file, and nothing for other nodes.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// items returns the elements of a sequence, and nothing for other nodes.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// entry returns the key and the value of a name in a mapping, or nil.
func entry(n *yaml.Node, name string) (key, value *yaml.Node) {
	for k, v := range pairs(n) {
		if k.Value == name {
			return k, v
		}
	}
	return nil, nil
}

// get follows keys and returns the value of the last one, or nil.
func get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, name := range keys {
		_, n = entry(n, name)
	}
	return n
}

// keyLine returns the line of a key, or of the mapping if it has no such key.
func keyLine(n *yaml.Node, name string) int {
	if key, _ := entry(n, name); key != nil {
		return key.Line
	}
	return n.Line
}

// plain returns the value that encoding/json would read from a scalar, nil if there is no node, and other nodes unchanged.
// [checkSpelling] has ensured that all readers of YAML read the same value.
func plain(n *yaml.Node) any {
	switch {
	case n == nil || n.ShortTag() == "!!null":
		return nil
	case n.Kind != yaml.ScalarNode:
		return n
	case n.ShortTag() == "!!bool":
		return n.Value == "true"
	case n.ShortTag() == "!!int" || n.ShortTag() == "!!float":
		f, _ := strconv.ParseFloat(n.Value, 64)
		return f
	}
	return n.Value
}

// text returns a string, or "" for other values.
func text(n *yaml.Node) string {
	s, _ := plain(n).(string)
	return s
}

// texts returns the strings of a list.
func texts(n *yaml.Node) []string {
	var all []string
	for _, item := range items(n) {
		all = append(all, text(item))
	}
	return all
}

// written returns a string unchanged, a number without an exponent, and "" for other values.
func written(n *yaml.Node) string {
	if f, ok := plain(n).(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return text(n)
}
