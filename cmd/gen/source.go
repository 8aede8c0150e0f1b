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
	if bytes.HasPrefix(data, []byte("\xfe\xff")) || bytes.HasPrefix(data, []byte("\xff\xfe")) {
		found.add(name, 1, "is UTF-16; save it as UTF-8")
		return nil
	}
	return parse(name, unixLines(bytes.TrimPrefix(data, []byte("\ufeff"))), found)
}

// unixLines ends lines as the generated files do, whatever a checkout has made of them.
func unixLines(data []byte) []byte {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
}

func parse(name string, data []byte, found *problems) *source {
	if i := bytes.IndexAny(data, "\u0085\u2028\u2029"); i >= 0 {
		found.add(name, 1+bytes.Count(data[:i], []byte("\n")),
			"holds a line break of Unicode, which is text to some readers of YAML; write \\x85, \\u2028 or \\u2029 within double quotes")
		return nil
	}
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
	checkSpelling(s, found)
	s.flawed = len(*found) > before
	return s
}
