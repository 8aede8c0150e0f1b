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
		"{type: string, nullable: true}":      "{Kind: schema.String, Nullable: true}",
		"{type: string, pattern: ^a$}":        `{Kind: schema.String, Pattern: schema.Pattern("^a$")}`,
		"{type: string, enum: [a, null]}":     `{Kind: schema.String, Enum: []string{"a"}}`,
		"{type: string, format: date-time}":   "{Kind: schema.String, DateTime: true}",
		"{type: string, format: object-id}":   "{Kind: schema.String}",
		"{type: integer, minimum: 0}":         "{Kind: schema.Integer, Min: new(0.0)}",
		"{type: number, maximum: -2.5}":       "{Kind: schema.Number, Max: new(-2.5)}",
		"{type: number, enum: [-1, 0.5]}":     "{Kind: schema.Number, Numbers: []float64{-1, 0.5}}",
		"{type: array, uniqueItems: true}":    "{Kind: schema.Array, Unique: true}",
		"{type: array, items: {}}":            "{Kind: schema.Array, Items: &schema.Schema{}}",
		"{type: array, minItems: 1}":          "{Kind: schema.Array, MinItems: 1}",
		"{type: object}":                      "{Kind: schema.Object, Open: true}",
		"{type: object, required: [a]}":       `{Kind: schema.Object, Open: true, Required: []string{"a"}}`,
		"{type: boolean}":                     "{Kind: schema.Boolean}",
		"{maxProperties: 1}":                  "{MaxProperties: 1}",
		"{not: {required: [a]}}":              `{Not: &schema.Schema{Required: []string{"a"}}}`,
		"{anyOf: [{minProperties: 2}]}":       "{\nAnyOf: []*schema.Schema{\n{MinProperties: 2},\n},\n}",
		"{x-explain: why}":                    `{Explain: "why"}`,
		"{title: T, description: D, x-y: {}}": "{}",
		"{type: object, additionalProperties: false, properties: {b: {}, a: {}}}": "{\nKind: schema.Object,\nProperties: []schema.Property{\n" +
			"{Name: \"b\", Schema: &schema.Schema{}},\n{Name: \"a\", Schema: &schema.Schema{}},\n},\n}",
	} {
		var found problems
		doc := parse("doc", []byte(text), &found)
		w := &schemaWriter{doc: doc, found: &found, written: map[string]string{}}
		if got := w.schema(doc.root()); got != "&schema.Schema"+want || found != nil {
			t.Errorf("%s: %s, want %s; %v", text, got, want, found)
		}
	}
}
