package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// spellings are values without a tag, by what YAML 1.2 takes them for. Those of refused are read otherwise by the library,
// by older versions of YAML, or in another spelling by a JSONPath.
var spellings = map[string]struct {
	values  []string
	refused []string
}{
	"null":    {[]string{"null", ""}, []string{"~", "Null", "NULL"}},
	"boolean": {[]string{"true", "false"}, []string{"True", "TRUE", "False", "FALSE"}},
	"number": {[]string{"0", "-0", "7", "-12", "1.0", "0.10", "1e3", "1E3", "12e+03", "2.5e-3", "999999999999999"},
		[]string{"0x1", "-0x1", "0X1", "0o17", "0b11", "010", "-010", "08", "00", "+1", "+0x1", ".5", "5.", "-.5", ".inf", "-.Inf", "+.INF", ".nan", ".NaN",
			"1e400", "1.5E+400", "1e-400", "9007199254740993", "18446744073709551616", "-9223372036854775809"}},
	"string": {[]string{"text", "3.0.3", "v1", "'0x1'", `"True"`, "'~'", "'010'", "'yes'", "yesterday", "0x", "NaN", "Infinity", "1e", "a:b", "12:75", "'a # b'"},
		[]string{"yes", "Yes", "NO", "on", "off", "y", "N", "=", "<<", "1_000", "1__0", "1_0.5", "1:30", "190:20:30.5", "-1:30", "2026-03-02", "2026-03-02T09:15:04Z", "2026-3-2 1:2:3"}},
}

const spelt = "openapi: 3.0.3\ninfo: {title: T, version: V}\npaths: {}\ncomponents:\n  schemas:\n    S:\n      example: "

func TestSpellings(t *testing.T) {
	for kind, all := range spellings {
		for _, value := range all.values {
			var found problems
			doc := parse("doc", []byte(spelt+value), &found)
			if found != nil {
				t.Errorf("%s: %v", value, found)
				continue
			}
			read := plain(at(doc.root(), "/components/schemas/S/example"))
			if got := jsonType(read); got != kind {
				t.Errorf("%s: is a %s, want a %s", value, got, kind)
			}
			spec, err := openapi3.NewLoader().LoadFromData(doc.data)
			if err != nil {
				t.Fatal(err)
			}
			if library := spec.Components.Schemas["S"].Value.Example; !reflect.DeepEqual(library, read) {
				t.Errorf("%s: %#v to the library, %#v to us", value, library, read)
			}
		}
		for _, value := range all.refused {
			var found problems
			parse("doc", []byte(spelt+value), &found)
			if len(found) != 1 || found[0].line != 7 || !strings.HasPrefix(found[0].message, "readers of YAML disagree on "+value+";") {
				t.Errorf("%s: %v", value, found)
			}
		}
	}
}

func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	}
	return "string"
}

const (
	disagree   = "readers of YAML disagree on "
	asJSONDoes = "; put a text in quotes, and write true, false, null and numbers (of up to 15 digits) as JSON does"
	noTags     = "YAML tags are not supported; put a text in quotes, and write other values as JSON does"
	noAnchors  = "YAML anchors and aliases are not supported; repeat the text or use $ref"
	tagsOnce   = "      maxItems: 20\n      uniqueItems: true\n      items:"
	noMore     = "      additionalProperties: false\n      required: [status]\n"
	oneOrMore  = "          minimum: 0\n          maximum: 10\n"
)

var spellingFaults = []fault{
	{name: "True of uniqueItems", edits: one(tagsOnce, "      maxItems: 20\n      uniqueItems: True◀\n      items:"), want: []string{disagree + "True" + asJSONDoes}},
	{name: "False of additionalProperties", edits: one(noMore, "      additionalProperties: False◀\n      required: [status]\n"), want: []string{disagree + "False" + asJSONDoes}},
	{name: "True of nullable", edits: one("        external:\n          description: The external system.\n          type: string\n          nullable: true\n",
		"        external:\n          description: The external system.\n          type: string\n          nullable: True◀\n"), want: []string{disagree + "True" + asJSONDoes}},
	{name: "hexadecimal", edits: one(oneOrMore, "          minimum: 0x1◀\n          maximum: 10\n"), want: []string{disagree + "0x1" + asJSONDoes}},
	{name: "octal", edits: one(oneOrMore, "          minimum: 0\n          maximum: 010◀\n"), want: []string{disagree + "010" + asJSONDoes}},
	{name: "leading zeros", edits: one(tagLength, "      maxLength: 00◀◀\n"), want: []string{"maxLength: 0 in a schema of a request: the limits take 0 for no limit", disagree + "00" + asJSONDoes}},
	{name: "null of another spelling", edits: one("enum: [amazon-connect, null]", "enum: [amazon-connect, ~]◀"), want: []string{disagree + "~" + asJSONDoes}},
	{name: "number in quotes", edits: one(tagLength, "      maxLength: '64'◀\n"), want: []string{`must be an integer from 0 to 2147483647, is the string "64"`}},
	{name: "yes", edits: one("enum: [open, done]", "enum: [open, yes]◀"), want: []string{disagree + "yes" + asJSONDoes}},
	{name: "date", edits: one("createdAt: '2021-05-04T08:00:00Z'", "createdAt: 2021-05-04T08:00:00Z◀"), want: []string{disagree + "2021-05-04T08:00:00Z" + asJSONDoes}},

	{name: "tag", edits: one(tagLength, "      maxLength: !!int '64'◀\n"), want: []string{noTags}},
	{name: "tag of a list", edits: one("enum: [open, done]", "enum: !!set [open, done]◀"), want: []string{noTags}},
	{name: "tag that makes a text", edits: one("          maximum: 10\n", "          maximum: ! 10◀\n"), want: []string{noTags}},
	{name: "alias", edits: one("enum: [open, done]", "enum: [&o open, *o]◀"), want: []string{noAnchors}},
	{name: "key that is no text", edits: one("        confidence:\n          description: How sure that is.", "        true:◀\n          type: string\n        confidence:\n          description: How sure that is."),
		want: []string{"the key is the boolean true; put a text in quotes"}},
	{name: "key that is a list", edits: one("        confidence:\n          description: How sure that is.", "        ? [a]◀\n        : {type: string}\n        confidence:\n          description: How sure that is."),
		want: []string{"the key is a list; put a text in quotes"}},
	{name: "key that some read otherwise", edits: one("        confidence:\n          description: How sure that is.", "        on:◀\n          type: string\n        confidence:\n          description: How sure that is."),
		want: []string{disagree + "on" + asJSONDoes}},
	{name: "line break of Unicode", edits: one("How the customer feels.", "How the customer\u2028feels.◀"),
		want: []string{`holds a line break of Unicode, which is text to some readers of YAML; write \x85, \u2028 or \u2029 within double quotes`}},
}
