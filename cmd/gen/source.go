package main

import (
	"bytes"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// A source is a parsed YAML file.
type source struct {
	name string // relative to the root, with slashes
	data []byte
	doc  *yaml.Node // the document node

	// These are set when the document is generated.
	pkg    string // the import path of its models
	shaped []byte // the document after the overlay
	models []byte
}

// root returns the top-level mapping.
func (s *source) root() *yaml.Node { return s.doc.Content[0] }

// read parses a file. It returns nil if the file has problems.
func read(root, name string, found *problems) *source {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		found.add(name, 1, "cannot be read: %v", err)
		return nil
	}
	return parse(name, data, found)
}

func parse(name string, data []byte, found *problems) *source {
	before := len(*found)
	s := &source{name: name, data: data, doc: new(yaml.Node)}
	if i := bytes.IndexAny(data, "\u0085\u2028\u2029"); i >= 0 {
		found.add(name, 1+bytes.Count(data[:i], []byte("\n")),
			`has a Unicode line break, which some readers of YAML treat as text; write \x85, \u2028 or \u2029 within double quotes`)
	} else if err := yaml.Unmarshal(data, s.doc); err != nil {
		found.add(name, 1, "%v", err)
	} else if s.doc.Kind == 0 || s.root().Kind != yaml.MappingNode {
		found.add(name, 1, "must be a mapping")
	} else {
		checkSpelling(s.name, s.root(), found)
	}
	if len(*found) > before {
		return nil
	}
	return s
}
