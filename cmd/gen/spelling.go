package main

import (
	"regexp"

	"gopkg.in/yaml.v3"
)

// checkSpelling refuses spellings that some readers of YAML read differently. Redocly, kin-openapi and this program use
// different readers, and a limit such as 0x1 or True must not be a number to one and a string to another. The spellings
// that remain mean the same to all readers, as in JSON.
func checkSpelling(file string, n *yaml.Node, found *problems) {
	refuse := func(n *yaml.Node, format string, args ...any) { found.add(file, n.Line, format, args...) }
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		refuse(n, "YAML anchors and aliases are not supported; repeat the text or use $ref")
	case n.Style&yaml.TaggedStyle != 0:
		refuse(n, "YAML tags are not supported; put a string in quotes, and write other values as JSON does")
	case n.Kind == yaml.ScalarNode && n.Style == 0:
		isText := n.ShortTag() == "!!str"
		if isText == jsonValue.MatchString(n.Value) || isText && ambiguous.MatchString(n.Value) {
			refuse(n, "readers of YAML disagree on %s; put a string in quotes, and write true, false, null and numbers (of up to 15 digits) as JSON does", n.Value)
		}
	}
	for key, value := range pairs(n) {
		if value.Kind == yaml.ScalarNode && value.Style == 0 && value.LineComment != "" && value.ShortTag() == "!!str" {
			refuse(value, "the string ends before its #, which begins a comment; quote the string or move the comment")
		}
		if tag := key.ShortTag(); tag != "!!str" && tag != "!!int" {
			refuse(key, "the key %s is not a string; put it in quotes", key.Value)
		}
	}
	for _, child := range n.Content {
		checkSpelling(file, child, found)
	}
}

var (
	// jsonValue matches the JSON values other than strings. An empty value is null to every reader. Numbers with more digits
	// do not match, because float64 rounds them.
	jsonValue = regexp.MustCompile(`^(|null|true|false|-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?)$`)
	// ambiguous matches values that are strings here, but numbers or booleans to other readers of YAML.
	ambiguous = regexp.MustCompile(`(?i)^([yn]|yes|no|on|off|=|[-+]?[0-9]+(\.[0-9]*)?e[-+]?[0-9]+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)$`)
)
