package main

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// checkSpelling refuses what YAML allows and these files do without. What is left is JSON in other punctuation, which
// all readers of YAML read alike.
func checkSpelling(s *source, found *problems) {
	c := &speller{s.name, strings.Split(string(s.data), "\n"), found}
	c.node(s.root(), false)
}

type speller struct {
	name  string
	lines []string
	found *problems
}

func (c *speller) refuse(n *yaml.Node, format string, args ...any) {
	c.found.add(c.name, n.Line, format, args...)
}

func (c *speller) node(n *yaml.Node, isKey bool) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		c.refuse(n, "YAML anchors and aliases are not supported; repeat the text or use $ref")
		return
	case n.Style&yaml.TaggedStyle != 0 || c.begins(n, '!'):
		c.refuse(n, "YAML tags are not supported; put a text in quotes, and write other values as JSON does")
		return
	case n.Kind == yaml.ScalarNode:
		c.scalar(n, isKey)
	}
	first := map[string]int{}
	for key := range pairs(n) {
		line, again := first[key.Value]
		switch tag := key.ShortTag(); {
		case tag == "!!merge":
			c.refuse(key, "YAML merge keys are not supported; repeat the text or use $ref")
			continue
		case tag != "!!str" && tag != "!!int":
			c.refuse(key, "the key is %s; put a text in quotes", kindName(key))
		case again:
			c.refuse(key, "duplicate key %q, first in line %d", key.Value, line)
			continue
		}
		first[key.Value] = key.Line
	}
	for i, child := range n.Content {
		c.node(child, n.Kind == yaml.MappingNode && i%2 == 0)
	}
}

// begins tells whether a value begins with a character. The tag ! alone leaves no other trace.
func (c *speller) begins(n *yaml.Node, char rune) bool {
	line := []rune(c.lines[n.Line-1])
	return n.Column <= len(line) && line[n.Column-1] == char
}

var (
	// jsonValue is what JSON has beside texts. An empty value is null everywhere; longer numbers are rounded.
	jsonValue = regexp.MustCompile(`^(|null|true|false|-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?)$`)
	// ambiguous is what is a text here and a number or a truth value to some reader of YAML.
	ambiguous = regexp.MustCompile(`(?i)^([yn]|yes|no|on|off|=|[-+]?[0-9]+(\.[0-9]*)?e[-+]?[0-9]+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)$`)
)

// scalar looks at a value without quotes.
func (c *speller) scalar(n *yaml.Node, isKey bool) {
	if n.Style != 0 {
		return
	}
	isText := n.ShortTag() == "!!str"
	switch {
	case isKey && n.ShortTag() == "!!merge": // reported as such
	case isText && n.LineComment != "" && !isKey:
		c.refuse(n, "the text ends before its #, which begins a comment; quote the text or move the comment")
	case isText == jsonValue.MatchString(n.Value) || isText && ambiguous.MatchString(n.Value):
		c.refuse(n, "readers of YAML disagree on %s; put a text in quotes, and write true, false, null and numbers (of up to 15 digits) as JSON does", n.Value)
	}
}
