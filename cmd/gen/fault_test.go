package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// small is the document of testdata, with its overlay.
var small = document{name: "api/openapi.yaml", overlay: "api/overlay.yaml", models: "gen/gen.go", pkg: "gen", schema: "schema.go", aliases: "models.go"}

func TestSmallDocumentHasNoProblems(t *testing.T) {
	if outputs, err := generate("testdata", []document{small}); err != nil || len(outputs) != 3 {
		t.Errorf("%d outputs, %v", len(outputs), err)
	}
}

// A fault replaces a text that occurs once in an input. An arrow points to the line that the message must name.
type fault struct{ name, from, to, want string }

const arrow = "◀"

func wantProblem(t *testing.T, file string, f fault) {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{small.name, small.overlay} {
		text := readFile(t, "testdata", name)
		if name == file {
			if n := strings.Count(text, f.from); n != 1 {
				t.Fatalf("%s has %q %d times, want once", name, f.from, n)
			}
			text = strings.Replace(text, f.from, f.to, 1)
			if before, after, found := strings.Cut(text, arrow); found {
				f.want = fmt.Sprintf("%s:%d: %s", name, 1+strings.Count(before, "\n"), f.want)
				text = before + after
			}
		}
		writeFile(t, root, name, text)
	}
	if _, err := generate(root, []document{small}); err == nil || !strings.Contains(err.Error(), f.want) {
		t.Errorf("%v, want %s", err, f.want)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
		t.Errorf("%v were written", entries)
	}
}

func TestDocumentFaults(t *testing.T) {
	for _, f := range documentFaults {
		t.Run(f.name, func(t *testing.T) { wantProblem(t, small.name, f) })
	}
}

const (
	maxLength = "maxLength: 20"
	maximum   = "maximum: 1.5"
	dateTime  = "format: date-time"
	required  = "required: [state]"
	states    = "enum: [sent, lost]"
	orWeight  = "- required: [weight]"
	toCode    = "items:\n            $ref: '#/components/schemas/Code'"
	toParcel  = "$ref: '#/components/schemas/Parcel'"
	disagree  = "readers of YAML disagree on "
)

var documentFaults = []fault{
	// What the request check would ignore.
	{"unknown keyword", maxLength, "maxLenght: 20◀", "maxLenght in a schema of a request: the request check does not know it"},
	{"misspelt extension", "x-explain: needs", "x-explian: needs◀", "x-explian in a schema of a request: the request check does not know it"},
	{"keyword that is not supported", maximum, maximum + "\n          exclusiveMaximum: true◀", "exclusiveMaximum in a schema of a request: the request check does not know it"},
	{"readOnly", maximum, maximum + "\n          readOnly: true◀", "readOnly in a schema of a request: the request check does not know it"},
	{"combination that is not supported", maxLength, "oneOf: [{maxLength: 20}]◀", "oneOf in a schema of a request: the request check does not know it"},
	{"keyword of another type", maxLength, "maxItems: 20◀", `maxItems in a schema of a request: the request check does not know it for type "string"`},
	{"format that is not checked", maxLength, "format: uri◀", "format in a schema of a request must be date-time, object-id or email"},
	{"length of a time", dateTime, dateTime + "\n          minLength: 5◀", "minLength in a schema of a request: the request check ignores it with format date-time"},
	{"limit beside an enum", states, states + "\n          maxLength: 3◀", "maxLength in a schema of a request: the enum already limits the value"},
	{"x-explain without a rule", maxLength, "x-explain: is short◀", "x-explain in a schema of a request: it needs a pattern, anyOf or not to explain"},
	{"limit of zero", maxLength, "maxLength: 0◀", "maxLength in a schema of a request must be an integer from 1 to 2147483647"},
	{"limit beyond Go's int", maxLength, "maxLength: 2147483648◀", "maxLength in a schema of a request must be an integer from 1 to 2147483647"},
	{"limit that is text", maxLength, "maxLength: '20'◀", "maxLength in a schema of a request must be an integer from 1 to 2147483647"},
	{"bound that is text", maximum, "maximum: '1.5'◀", "maximum in a schema of a request must be a number"},
	{"boolean that is text", "uniqueItems: true", "uniqueItems: 'true'◀", "uniqueItems in a schema of a request must be true or false"},
	{"schema of other properties", "additionalProperties: false", "additionalProperties: {type: string}◀", "additionalProperties in a schema of a request must be true or false"},
	{"unknown type", "type: number", "type: nomber◀", "the type must be one of object, array, string, number, integer, boolean"},
	{"pattern that Go does not know", "pattern: '^[A-Z]", "pattern: '◀(?!a)^[A-Z]", "pattern in a schema of a request must be a Go regular expression"},
	{"pattern that is not text", "pattern: '^[A-Z]+$'", "pattern: 7◀", "pattern in a schema of a request must be a string and not empty"},
	{"enum of another type", states, "enum: [sent, 7]◀", "enum in a schema of a request must list values of type string"},
	{"enum of a boolean", states, "enum: [true]◀", "enum in a schema of a request must list values of type string"},
	{"keyword next to a $ref", toCode, toCode + "◀\n            nullable: true", "readers ignore the keywords next to a $ref"},
	{"$ref to nowhere", toCode, "items:\n            $ref: '#/components/schemas/Cod'◀", "#/components/schemas/Cod is not in the documents"},
	{"$ref to another file", toCode, "items:\n            $ref: 'other.yaml#/Code'◀", "other.yaml#/Code is not in the documents"},
	{"$ref to another host", toCode, "items:\n            $ref: 'https://example.com/openapi.yaml#/Code'◀", "https://example.com/openapi.yaml#/Code is not in the documents"},
	{"schema within itself", toCode, "items:\n            $ref: '#/components/schemas/Parcel'◀", "the schema Parcel contains itself"},
	{"no schema of a body", "          application/json:\n            schema:\n              " + toParcel, "          application/json: {}◀", "each media type of a request body needs a schema"},
	{"no limit of a body", "x-max-body-bytes: 1000\n        content:", "content:◀", "the request body of PATCH /v1/parcels/{id} needs content and x-max-body-bytes"},
	{"limit of a body of zero", "x-max-body-bytes: 1000", "x-max-body-bytes: 0◀", "the request body of PATCH /v1/parcels/{id} needs content and x-max-body-bytes, an integer above 0"},
	{"two successes", "'200':", "'202': {description: Later.}\n        '200':", "api/openapi.yaml:10: PATCH /v1/parcels/{id} needs exactly one 2xx response, has 2"},
	{"range of successes", "'200':", "'2XX':", "api/openapi.yaml:10: PATCH /v1/parcels/{id} needs exactly one 2xx response, has 0"},
	{"parameter in a header", "in: path\n        required: true", "in: header\n        required: true", "api/openapi.yaml:10: PATCH /v1/parcels/{id} may have one parameter in its path and others in its query, each with a schema; it has id in header"},

	// What is probably misspelt.
	{"required without a property", required, "required: [stat]◀", `required lists "stat", which is not among the properties`},
	{"required without a property in a part", orWeight, "- required: [wait]◀", `required lists "wait", which is not among the properties`},
	{"in a response", "description: The parcel.", "description: The parcel.\n          content:\n            application/json:\n              schema: {type: object, required: [a]}◀", `required lists "a", which is not among the properties`},

	{"enum without null", states, states + "◀\n          nullable: true", "null needs both nullable and a place in the enum"},
	{"enum with null", states, "enum: [sent, null]◀", "null needs both nullable and a place in the enum"},

	// What becomes wrong Go.
	{"union", maximum, maximum + "\n        size:\n          type: object\n          properties: {a: {type: string}}\n          anyOf: [{required: [a]}, {maxProperties: 1}]◀", "anyOf becomes a Go type that marshals to {}"},

	// What readers of YAML read differently, or do not read.
	{"True", "uniqueItems: true", "uniqueItems: True◀", disagree + "True"},
	{"False", "additionalProperties: false", "additionalProperties: False◀", disagree + "False"},
	{"hexadecimal", "minimum: 0", "minimum: 0x1◀", disagree + "0x1"},
	{"leading zeros", maxLength, "maxLength: 00◀", disagree + "00"},
	{"tilde", states, "enum: [sent, ~]◀", disagree + "~"},
	{"tag", maxLength, "maxLength: !!int '20'◀", "YAML tags are not supported"},
	{"anchor", maxLength, "maxLength: &many 20◀", "YAML anchors and aliases are not supported"},
	{"alias", states, "enum: [&s sent, *s]◀", "YAML anchors and aliases are not supported"},
	{"merge key", maxLength, "<<: {maxLength: 20}◀", "the key << is not a string"},
	{"key that is not a string", maxLength, "true: 20◀", "the key true is not a string"},
	{"duplicate key", maxLength, "maxLength: 20\n          maxLength: 30", `mapping key "maxLength" already defined`},
	{"string cut off by a comment", "pattern: '^[A-Z]+$'", "pattern: ^A #B$◀", "the string ends before its #"},
	{"Unicode line break", "description: Where it is.", "description: Where it\u2028is.◀", "has a Unicode line break"},
	{"not YAML", maxLength, "maxLength: [20", "did not find expected ',' or ']'"},
}

func TestOverlayFaults(t *testing.T) {
	for _, f := range []fault{
		{"update of nothing", "Parcel.properties[?@.type == 'string']", "Parcel.properties[?@.type == 'text']◀", "the action for $.components.schemas.Parcel.properties[?@.type == 'text']: error applying overlay (strict): selector"},
		{"removal of nothing", "Parcel.anyOf", "Parcel.oneOf◀", "the action for $.components.schemas.Parcel.oneOf: error applying overlay (strict): selector"},
		{"no path", "Parcel.anyOf", "Parcel[◀", "the action for $.components.schemas.Parcel[: Error at line 1, column 28: unexpected token"},
		{"update without effect", "'string']\n    update: {x-go-type-skip-optional-pointer: false}", "'string']◀\n    update: {type: string}", "the action for $.components.schemas.Parcel.properties[?@.type == 'string'] changes nothing"},
		{"neither update nor removal", "Parcel.anyOf\n    remove: true", "Parcel.anyOf◀", "the action for $.components.schemas.Parcel.anyOf: unknown action type"},
		{"older paths", "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\n", "overlay: 1.0.0◀\n", "needs `x-speakeasy-jsonpath: rfc9535`; without it filters match nothing"},
		{"names for other values", "{x-go-type-skip-optional-pointer: false}", "{x-enum-varnames: [A]}", "api/openapi.yaml:35: the overlay's x-enum-varnames has 1 names for 2 values"},
		{"not Go", "{x-go-type-skip-optional-pointer: false}", "{x-go-type-name: A B}", "api/overlay.yaml:1: oapi-codegen cannot generate Go from the document with this overlay: x-go-type-name in property"},
	} {
		t.Run(f.name, func(t *testing.T) { wantProblem(t, small.overlay, f) })
	}
}
