package main

import (
	"slices"
	"strings"
	"testing"
)

// schemaOf parses a schema, which may refer to #/tag, a string of up to 64 characters.
func schemaOf(t *testing.T, text string) (root, schema *source) {
	t.Helper()
	var found problems
	root = parse("root", []byte("tag: {type: string, minLength: 1, maxLength: 64, description: A tag. By name.}\nmore: {type: object, maxProperties: 3}"), &found)
	schema = parse("schema", []byte(text), &found)
	if found != nil {
		t.Fatal(found)
	}
	return root, schema
}

func TestLimitsInWords(t *testing.T) {
	for text, want := range map[string]string{
		"{type: string}":                                             "",
		"{type: string, maxLength: 256}":                             "up to 256 characters",
		"{type: string, minLength: 1}":                               "not empty",
		"{type: string, minLength: 2}":                               "at least 2 characters",
		"{type: string, minLength: 1, maxLength: 64}":                "1 to 64 characters",
		"{type: string, minLength: 0, maxLength: 1}":                 "up to 1 character",
		"{type: string, nullable: true, enum: [a, null]}":            "may be null | only a",
		"{type: string, enum: [open, done]}":                         "one of open, done",
		"{type: string, pattern: x, x-explain: has an x}":            "has an x",
		"{type: integer, minimum: 0, maximum: 10}":                   "0 to 10",
		"{type: number, minimum: -1.5}":                              "at least -1.5",
		"{type: array, maxItems: 20, uniqueItems: true}":             "up to 20 items, each once",
		"{type: array, uniqueItems: true}":                           "each once",
		"{type: array, minItems: 1, items: {$ref: '#/tag'}}":         "at least 1 item; each 1 to 64 characters",
		"{type: array, items: {$ref: '#/tag'}}":                      "each 1 to 64 characters",
		"{type: array, items: {$ref: '#/more'}}":                     "",
		"{type: object, maxProperties: 100}":                         "up to 100 fields",
		"{type: object, minProperties: 1, additionalProperties: no}": "",
	} {
		root, schema := schemaOf(t, strings.ReplaceAll(text, ": no}", ": 'no'}"))
		if got := strings.Join(limitsOf(root.root(), schema.root()), " | "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for text, want := range map[string]string{
		"{type: string, description: Its name. Long.}": "required | Its name. Long.",
		"{$ref: '#/tag'}":  "required | 1 to 64 characters | A tag.",
		"{$ref: '#/more'}": "required | ",
		"{description: Its tag. Long., allOf: [{$ref: '#/tag'}]}": "required | 1 to 64 characters | Its tag. Long.",
	} {
		root, schema := schemaOf(t, text)
		limits, about := describe(root.root(), schema.root(), true)
		if got := strings.Join(append(limits, about), " | "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestProse(t *testing.T) {
	for markdown, want := range map[string]string{
		"One\n  line.\n":               "One line.",
		"by **id**, never":             "by id, never",
		"`open` or `done`":             `"open" or "done"`,
		"null clears; \"\" is a value": `null clears; "" is a value`,
		"`{}` is enough":               "{} is enough",
		"`_ / < > - .`, no blank":      "_ / < > - ., no blank",
	} {
		if got := prose(markdown); got != want {
			t.Errorf("%q: %q, want %q", markdown, got, want)
		}
	}
}

func TestLowerFirst(t *testing.T) {
	for s, want := range map[string]string{
		"A tag":            "a tag",
		"Whether":          "whether",
		"JSON of it":       "JSON of it",
		"Kustomer's pages": "Kustomer's pages",
		"1 is low":         "1 is low",
		"Über":             "über",
		"AIAgent":          "aIAgent",
		"":                 "",
	} {
		if got := lowerFirst(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("one two  three fourteen", 9)
	if want := []string{"one two", "three", "fourteen"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := wrap("ä ö ü", 5); len(got) != 1 {
		t.Errorf("%q: characters are counted as bytes", got)
	}
}

func TestFirstSentence(t *testing.T) {
	for s, want := range map[string]string{
		"One. Two.":            "One.",
		"Only one.":            "Only one.",
		"With v1.2 or _ ., so": "With v1.2 or _ ., so",
	} {
		if got := firstSentence(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
