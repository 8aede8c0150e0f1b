package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// A source is one of the YAML files that people write.
type source struct {
	name string // relative to the root, with slashes
	data []byte
	doc  *yaml.Node // the document node

	flawed bool // whether libraries may refuse to read it, for what was reported already
}

// root is the top-level value.
func (s *source) root() *yaml.Node { return s.doc.Content[0] }

// read parses a file. It returns nil if the file cannot be used at all.
func read(root, name string, found *problems) *source {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		if pathErr := new(fs.PathError); errors.As(err, &pathErr) {
			err = pathErr.Err // the path is in front of the message already
		}
		found.add(name, 1, "cannot be read: %v", err)
		return nil
	}
	return parse(name, data, found)
}

func parse(name string, data []byte, found *problems) *source {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	s := &source{name: name, data: data, doc: new(yaml.Node)}
	switch err := decoder.Decode(s.doc); {
	case errors.Is(err, io.EOF):
		found.add(name, 1, "is empty")
		return nil
	case err != nil:
		found.add(name, brokenLine(data), "is not valid YAML: %s", syntaxMessage(err))
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		found.add(name, second.Line, "a second YAML document in one file")
		return nil
	} else if !errors.Is(err, io.EOF) {
		found.add(name, brokenLine(data), "is not valid YAML: %s", syntaxMessage(err))
		return nil
	}
	if s.root().Kind != yaml.MappingNode {
		found.add(name, s.root().Line, "must be a mapping, is %s", kindName(s.root()))
		return nil
	}
	before := len(*found)
	s.checkNodes(s.root(), found)
	s.flawed = len(*found) > before
	return s
}

// checkNodes refuses what YAML allows and this document does without.
func (s *source) checkNodes(n *yaml.Node, found *problems) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		found.add(s.name, n.Line, "YAML anchors and aliases are not supported; repeat the text or use $ref")
		return
	}
	for _, item := range items(n) {
		s.checkText(item, found)
	}
	first := map[string]int{}
	for key, value := range pairs(n) {
		s.checkText(value, found)
		if key.Tag == "!!merge" {
			found.add(s.name, key.Line, "YAML merge keys are not supported; repeat the text or use $ref")
			continue
		}
		if line, ok := first[key.Value]; ok {
			found.add(s.name, key.Line, "duplicate key %q, first in line %d", key.Value, line)
			continue
		}
		first[key.Value] = key.Line
	}
	for _, child := range n.Content {
		s.checkNodes(child, found)
	}
}

// checkText refuses a comment behind a text without quotes, for that is how a text with a # in it loses its end.
func (s *source) checkText(n *yaml.Node, found *problems) {
	if n.Kind == yaml.ScalarNode && n.Style == 0 && n.ShortTag() == "!!str" && n.LineComment != "" {
		found.add(s.name, n.Line, "the text ends before its #, which begins a comment; quote the text or move the comment")
	}
}
