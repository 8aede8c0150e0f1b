package main

import "testing"

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"plain":     `"plain"`,
		`^\.$`:      "`^\\.$`",
		`say "x"`:   "`say \"x\"`",
		"\\ and `":  "\"\\\\ and `\"",
		"two\nline": `"two\nline"`,
	} {
		if got := quote(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestLiteralLeavesOutWhatIsNotSet(t *testing.T) {
	var f fields
	f.text("A", "")
	f.number("B", "0")
	f.number("C", "")
	f.flag("D", false)
	f.texts("E", nil)
	f.value("F", "")
	if got := f.literal("T"); got != "T{}" {
		t.Errorf("%s", got)
	}
	f.text("A", "a")
	f.number("B", "1")
	f.flag("D", true)
	f.texts("E", []string{"e"})
	if got, want := f.literal("T"), `T{A: "a", B: 1, D: true, E: []string{"e"}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	f.value("F", "{\n}")
	if got, want := f.literal("T"), "T{\nA: \"a\",\nB: 1,\nD: true,\nE: []string{\"e\"},\nF: {\n},\n}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What the limits hold of each keyword, whether or not the document has it at present.
func TestSchemaLiterals(t *testing.T) {
	for text, want := range map[string]string{
		"{}":                                  "{}",
		"{type: string, nullable: true}":      "{Kind: limits.String, Nullable: true}",
		"{type: string, pattern: ^a$}":        `{Kind: limits.String, Pattern: limits.Pattern("^a$")}`,
		"{type: string, enum: [a, null]}":     `{Kind: limits.String, Enum: []string{"a"}}`,
		"{type: string, format: date-time}":   "{Kind: limits.String, DateTime: true}",
		"{type: string, format: object-id}":   "{Kind: limits.String}",
		"{type: integer, minimum: 0}":         "{Kind: limits.Integer, Min: new(0.0)}",
		"{type: number, maximum: -2.5}":       "{Kind: limits.Number, Max: new(-2.5)}",
		"{type: number, enum: [-1, 0.5]}":     "{Kind: limits.Number, Numbers: []float64{-1, 0.5}}",
		"{type: array, uniqueItems: true}":    "{Kind: limits.Array, Unique: true}",
		"{type: array, items: {}}":            "{Kind: limits.Array, Items: &limits.Schema{}}",
		"{type: array, minItems: 1}":          "{Kind: limits.Array, MinItems: 1}",
		"{type: object}":                      "{Kind: limits.Object, Open: true}",
		"{type: object, required: [a]}":       `{Kind: limits.Object, Open: true, Required: []string{"a"}}`,
		"{type: boolean}":                     "{Kind: limits.Boolean}",
		"{maxProperties: 1}":                  "{MaxProperties: 1}",
		"{not: {required: [a]}}":              `{Not: &limits.Schema{Required: []string{"a"}}}`,
		"{anyOf: [{minProperties: 2}]}":       "{\nAnyOf: []*limits.Schema{\n{MinProperties: 2},\n},\n}",
		"{x-explain: why}":                    `{Explain: "why"}`,
		"{title: T, description: D, x-y: {}}": "{}",
		"{type: object, additionalProperties: false, properties: {b: {}, a: {}}}": "{\nKind: limits.Object,\nProperties: []limits.Property{\n" +
			"{Name: \"b\", Schema: &limits.Schema{}},\n{Name: \"a\", Schema: &limits.Schema{}},\n},\n}",
	} {
		var found problems
		doc := parse("doc", []byte(text), &found)
		w := &schemaWriter{doc: doc, found: &found, written: map[string]string{}}
		if got := w.schema(doc.root()); got != "&limits.Schema"+want || found != nil {
			t.Errorf("%s: %s, want %s; %v", text, got, want, found)
		}
	}
}
