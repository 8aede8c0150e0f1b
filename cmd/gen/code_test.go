package main

import (
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// Each keyword becomes data for the request check, whether or not a document uses it at present.
func TestSchemaLiterals(t *testing.T) {
	for text, want := range map[string]string{
		"{}":                                                      "{}",
		"{type: string, nullable: true}":                          "{Kind: schema.String, Nullable: true}",
		"{type: string, pattern: ^a$}":                            `{Kind: schema.String, Pattern: schema.Pattern("^a$")}`,
		"{type: string, enum: [a, null]}":                         `{Kind: schema.String, Enum: []string{"a"}}`,
		"{type: string, format: date-time}":                       "{Kind: schema.String, DateTime: true}",
		"{type: string, format: object-id}":                       "{Kind: schema.String}",
		"{type: integer, minimum: 0}":                             "{Kind: schema.Integer, Min: new(0.0)}",
		"{type: number, maximum: -2.5}":                           "{Kind: schema.Number, Max: new(-2.5)}",
		"{type: number, enum: [-1, 0.5]}":                         "{Kind: schema.Number, Numbers: []float64{-1, 0.5}}",
		"{type: array, uniqueItems: true}":                        "{Kind: schema.Array, Unique: true}",
		"{type: array, items: {}}":                                "{Kind: schema.Array, Items: &schema.Schema{}}",
		"{type: array, minItems: 1}":                              "{Kind: schema.Array, MinItems: 1}",
		"{type: object}":                                          "{Kind: schema.Object, Open: true}",
		"{type: object, required: [a]}":                           `{Kind: schema.Object, Open: true, Required: []string{"a"}}`,
		"{type: boolean}":                                         "{Kind: schema.Boolean}",
		"{maxProperties: 1}":                                      "{MaxProperties: 1}",
		"{not: {required: [a]}}":                                  `{Not: &schema.Schema{Required: []string{"a"}}}`,
		"{anyOf: [{minProperties: 2}]}":                           "{\nAnyOf: []*schema.Schema{\n{MinProperties: 2},\n},\n}",
		"{title: T, description: D}":                              "{}",
		"{type: string, format: email}":                           "{Kind: schema.String}",
		"{allOf: [{type: string}, {type: string, maxLength: 1}]}": "{\nAllOf: []*schema.Schema{\n{Kind: schema.String},\n{Kind: schema.String, MaxLength: 1},\n},\n}",
		"{type: object, additionalProperties: false, properties: {b: {}, a: {}}}": "{\nKind: schema.Object,\nProperties: []schema.Property{\n" +
			"{Name: \"b\", Schema: &schema.Schema{}},\n{Name: \"a\", Schema: &schema.Schema{}},\n},\n}",
		`{type: string, pattern: '\.', x-explain: say "a"}`: "{Kind: schema.String, Pattern: schema.Pattern(`\\.`), Explain: `say \"a\"`}",
	} {
		var found problems
		doc := parse("doc", []byte(text), &found)
		w := &schemaWriter{doc: doc, found: &found, written: map[*yaml.Node]string{}}
		if got := w.schema(doc.root()); got != "&schema.Schema"+want || found != nil {
			t.Errorf("%s: %s, want %s; %v", text, got, want, found)
		}
	}
}

// The comments list the fields, constraints and descriptions, because the package page shows no fields of an alias.
func TestAliases(t *testing.T) {
	outputs, err := generate("testdata", []document{small})
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(outputs[2].data), "All other statements are from Kustomer's reference.\n\n")
	want := `// Parcel: a parcel. Constraints: min fields 1, needs a name or a weight.
//
//   - State (ParcelState, required, one of sent | lost): where it is.
//   - Name (Nullable[string], may be null, max length 20): its name.
//   - Weight (float64, min 0, max 1.5): its weight; "" never, "null" never.
//   - Parts ([]string, no item twice, each item: must be capital letters): its parts.
//   - Code (string, must be capital letters): a code, such as "A".
//   - SentAt (*time.Time): when it was sent.
type Parcel = gen.Parcel

// ParcelState: where it is. Constraints: one of sent | lost.
type ParcelState = gen.ParcelState

// Values of ParcelState.
const (
	ParcelStateLost = gen.ParcelStateLost
	ParcelStateSent = gen.ParcelStateSent
)
`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", outputs[2].data, 0); err != nil {
		t.Error(err)
	}
}

// spellings has values without a tag, by their kind in YAML 1.2. To some readers of YAML, the values in refused have another
// kind or another value.
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

func TestSpellings(t *testing.T) {
	const before = "openapi: 3.0.3\ninfo: {title: T, version: V}\npaths: {}\ncomponents:\n  schemas:\n    S:\n      example: "
	kinds := map[reflect.Type]string{nil: "null", reflect.TypeFor[bool](): "boolean", reflect.TypeFor[float64](): "number", reflect.TypeFor[string](): "string"}
	for kind, all := range spellings {
		for _, value := range all.values {
			var found problems
			doc := parse("doc", []byte(before+value), &found)
			if found != nil {
				t.Errorf("%s: %v", value, found)
				continue
			}
			read := plain(get(doc.root(), "components", "schemas", "S", "example"))
			if got := kinds[reflect.TypeOf(read)]; got != kind {
				t.Errorf("%s: is a %s, want a %s", value, got, kind)
			}
			spec, err := openapi3.NewLoader().LoadFromData(doc.data)
			if err != nil {
				t.Fatal(err)
			}
			if other := spec.Components.Schemas["S"].Value.Example; !reflect.DeepEqual(other, read) {
				t.Errorf("%s: %#v to kin-openapi, %#v here", value, other, read)
			}
		}
		for _, value := range all.refused {
			var found problems
			parse("doc", []byte(before+value), &found)
			if len(found) != 1 || !strings.HasPrefix(found[0], "doc:7: "+disagree+value+";") {
				t.Errorf("%s: %v", value, found)
			}
		}
	}
}
