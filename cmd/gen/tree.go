package main

import (
	"iter"
	"strconv"
	"strings"

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

// get returns the value of a key, or nil.
func get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, name := range keys {
		var next *yaml.Node
		for key, value := range pairs(n) {
			if key.Value == name {
				next = value
				break
			}
		}
		n = next
	}
	return n
}

// keyLine returns the line of a key, or of the mapping where the key is missing.
func keyLine(n *yaml.Node, name string) int {
	for key := range pairs(n) {
		if key.Value == name {
			return key.Line
		}
	}
	return n.Line
}

// text returns a text, or "".
func text(n *yaml.Node) string {
	s, _ := plain(n).(string)
	return s
}

// written returns a text as it is, a number as Go and people write it, and "" for other values.
func written(n *yaml.Node) string {
	if f, ok := plain(n).(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return text(n)
}

// texts returns the elements of a list of texts.
func texts(n *yaml.Node) []string {
	var all []string
	for _, item := range items(n) {
		all = append(all, text(item))
	}
	return all
}

// at returns the value that a JSON pointer names, or nil.
func at(n *yaml.Node, pointer string) *yaml.Node {
	if pointer == "" {
		return n
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		n = child(n, unescape.Replace(token))
		if n == nil {
			return nil
		}
	}
	return n
}

// child returns the value of a key or the element of an index, or nil.
func child(n *yaml.Node, token string) *yaml.Node {
	if list := items(n); list != nil {
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(list) {
			return nil
		}
		return list[i]
	}
	return get(n, token)
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// deref follows $ref within the document, and tells the pointer at which it ended. It returns nil for a reference
// that leads nowhere or in a circle.
func deref(root, n *yaml.Node, pointer string) (*yaml.Node, string) {
	for range 100 {
		ref := get(n, "$ref")
		if ref == nil {
			return n, pointer
		}
		target, ok := strings.CutPrefix(text(ref), "#")
		if !ok {
			return nil, ""
		}
		n, pointer = at(root, target), target
		if n == nil {
			return nil, ""
		}
	}
	return nil, ""
}

// kindName names the type of a value for messages to people.
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		return "the boolean " + n.Value
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!timestamp":
		return "the date " + n.Value
	}
	return "the string " + strconv.Quote(n.Value)
}

// plain returns a value as encoding/json would, and nil for none. What a value is decides here alone: its spelling is
// looked at nowhere else but in checkSpelling.
func plain(n *yaml.Node) any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for key, value := range pairs(n) {
			object[key.Value] = plain(value)
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool", "!!int", "!!float":
		var v any
		if n.Decode(&v) == nil {
			if i, ok := v.(int); ok {
				return float64(i)
			}
			return v
		}
	}
	return n.Value
}
