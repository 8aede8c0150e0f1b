package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A source is a parsed YAML file.
type source struct {
	name string // relative to the root, with slashes
	data []byte
	doc  *yaml.Node // the document node

	// What was made of a document.
	pkg    string // the import path of its models
	shaped []byte // the document after the overlay
	models []byte
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
	s := &source{name: name, data: data, doc: new(yaml.Node)}
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

// files are the documents so far. A document may refer to itself and to those before it.
type files []*source

// resolve puts the name of the document before the # of each $ref, and reports those that lead nowhere.
func (f files) resolve(doc *source, found *problems) {
	var refs []*yaml.Node
	var collect func(n *yaml.Node)
	collect = func(n *yaml.Node) {
		if ref := get(n, "$ref"); ref != nil {
			file, pointer, _ := strings.Cut(text(ref), "#")
			name := doc.name
			if file != "" {
				name = path.Join(path.Dir(doc.name), file)
			}
			ref.Value = name + "#" + pointer
			refs = append(refs, ref)
			return
		}
		for _, child := range n.Content {
			collect(child)
		}
	}
	collect(doc.root())
	for _, ref := range refs {
		if f.find(ref) == nil {
			found.add(doc.name, ref.Line, "%s is not in the documents", strings.TrimPrefix(text(ref), doc.name))
		}
	}
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// document returns the document that a resolved $ref leads to, or nil.
func (f files) document(ref *yaml.Node) *source {
	name, _, _ := strings.Cut(text(ref), "#")
	if i := slices.IndexFunc(f, func(s *source) bool { return s.name == name }); i >= 0 {
		return f[i]
	}
	return nil
}

// find returns what a resolved $ref names, or nil.
func (f files) find(ref *yaml.Node) *yaml.Node {
	doc := f.document(ref)
	_, pointer, ok := strings.Cut(text(ref), "#/")
	if doc == nil || !ok {
		return nil
	}
	keys := strings.Split(pointer, "/")
	for i := range keys {
		keys[i] = unescape.Replace(keys[i])
	}
	return get(doc.root(), keys...)
}

// deref follows the $ref of a node. It returns nil if the references are a circle.
func (f files) deref(n *yaml.Node) *yaml.Node {
	for range 100 {
		ref := get(n, "$ref")
		if ref == nil {
			return n
		}
		n = f.find(ref)
	}
	return nil
}
