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
}

// root is the top-level mapping.
func (s *source) root() *yaml.Node { return s.doc.Content[0] }

// read parses a file. It returns nil if the file has problems.
func read(root, name string, found *problems) *source {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		found.add(name, 1, "cannot be read: %v", err)
		return nil
	}
	return parse(name, unixLines(bytes.TrimPrefix(data, []byte("\ufeff"))), found)
}

// unixLines changes the line ends of a Windows checkout to those of the generated files.
func unixLines(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) }

func parse(name string, data []byte, found *problems) *source {
	if i := bytes.IndexAny(data, "\u0085\u2028\u2029"); i >= 0 {
		found.add(name, 1+bytes.Count(data[:i], []byte("\n")),
			`has a Unicode line break, which some readers of YAML take for text; write \x85, \u2028 or \u2029 within double quotes`)
		return nil
	}
	s := &source{name, data, new(yaml.Node)}
	if err := yaml.Unmarshal(data, s.doc); err != nil {
		found.addYAML(name, err)
		return nil
	}
	if s.doc.Kind == 0 || s.root().Kind != yaml.MappingNode {
		found.add(name, 1, "must be a mapping")
		return nil
	}
	before := len(*found)
	checkSpelling(s.name, s.root(), found)
	if len(*found) > before {
		return nil
	}
	return s
}
