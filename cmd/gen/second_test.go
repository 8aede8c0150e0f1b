package main

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// second refers to schemas of small.
var second = document{name: "api/second.yaml", overlay: "api/second.overlay.yaml", models: "gen/second/second.go", pkg: "second",
	builders: true, schema: "gen/second/schema.go", aliases: "client/second.go"}

const secondDocument = `openapi: 3.0.3
info: {title: Lists of parcels, version: 1.0.0}
paths:
  /v1/parcels/code={code}:
    delete:
      operationId: removeByCode
      summary: Remove a parcel
      parameters:
        - name: code
          in: path
          required: true
          schema:
            $ref: './openapi.yaml#/components/schemas/Code'
        - name: page
          in: query
          schema: {type: integer, minimum: 1}
      requestBody:
        x-max-body-bytes: 1000
        content:
          application/json:
            schema:
              $ref: './openapi.yaml#/components/schemas/Parcel'
      responses:
        '200':
          description: The parcels that are left.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Parcels'
components:
  schemas:
    Parcels:
      description: Parcels.
      type: object
      properties:
        data:
          description: All of them.
          type: array
          items:
            $ref: './openapi.yaml#/components/schemas/Parcel'
        first:
          $ref: './openapi.yaml#/components/schemas/Code'
`

const secondOverlay = `overlay: 1.0.0
x-speakeasy-jsonpath: rfc9535
info: {title: O, version: 1.0.0}
actions:
  - target: $.components.schemas.Parcels.properties.first
    update: {description: The first code.}
`

// generateBoth generates from small and from this second document.
func generateBoth(t *testing.T, text string) ([]output, error) {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{small.name, small.overlay} {
		writeFile(t, root, name, readFile(t, "testdata", name))
	}
	writeFile(t, root, second.name, text)
	writeFile(t, root, second.overlay, secondOverlay)
	return generate(root, []document{small, second})
}

func TestSecondDocumentUsesTheTypesOfTheFirst(t *testing.T) {
	outputs, err := generateBoth(t, secondDocument)
	if err != nil || len(outputs) != 6 {
		t.Fatalf("%d outputs, %v", len(outputs), err)
	}
	alone, err := generate("testdata", []document{small})
	if err != nil {
		t.Fatal(err)
	}
	for i, out := range alone {
		if string(out.data) != string(outputs[i].data) {
			t.Error(firstDifference(out.name, string(outputs[i].data), string(out.data)))
		}
	}
	files := map[string]string{}
	for _, out := range outputs {
		files[out.name] = string(out.data)
		if _, err := parser.ParseFile(token.NewFileSet(), out.name, out.data, 0); err != nil {
			t.Error(err)
		}
	}
	for name, texts := range map[string][]string{
		second.models: {`externalRef0 "github.com/kustomer-go/kustomer/gen"`, "Data []externalRef0.Parcel `json", "First externalRef0.Code `json"},
		second.schema: {
			"\npackage second\n", "PathID:     schemaCode,\n", "Body: schemaParcel,\n", "\nvar schemaCode = ",
			`{Name: "page", Schema: &schema.Schema{Kind: schema.Integer, Min: new(1.0)}},`,
		},
		second.aliases: {
			"\t\"github.com/kustomer-go/kustomer/gen/second\"\n", "//   - Data ([]Parcel): all of them.\n",
			"//   - First (string, must be capital letters): a code, such as \"A\".\n", "type Parcels = second.Parcels\n",
		},
	} {
		for _, text := range texts {
			if !strings.Contains(files[name], text) {
				t.Errorf("%s lacks %q:\n%s", name, text, files[name])
			}
		}
	}
	if strings.Contains(files[second.aliases], "type Parcel ") {
		t.Error("the aliases of the second document repeat one of the first")
	}
}

func TestFaultsBetweenDocuments(t *testing.T) {
	for _, f := range []fault{
		{"no such schema", "'./openapi.yaml#/components/schemas/Code'\n        - name", "'./openapi.yaml#/components/schemas/Cod'\n        - name", "api/second.yaml:13: ./openapi.yaml#/components/schemas/Cod is not in the documents"},
		{"no such document", "'./openapi.yaml#/components/schemas/Code'\n        - name", "'./third.yaml#/components/schemas/Code'\n        - name", "api/second.yaml:13: ./third.yaml#/components/schemas/Code is not in the documents"},
		{"another host", "'./openapi.yaml#/components/schemas/Code'\n        - name", "'https://example.com/openapi.yaml#/components/schemas/Code'\n        - name", "api/second.yaml:13: https://example.com/openapi.yaml#/components/schemas/Code is not in the documents"},
		{"two schemas of one name", "schema: {type: integer, minimum: 1}", "schema: {$ref: '#/components/schemas/Code'}", "api/second.yaml:43: another document has a schema Code too, and both are used"},
	} {
		t.Run(f.name, func(t *testing.T) {
			if strings.Count(secondDocument, f.from) != 1 {
				t.Fatalf("the document does not have %q once", f.from)
			}
			text := strings.Replace(secondDocument, f.from, f.to, 1)
			if f.name == "two schemas of one name" {
				text += "    Code: {type: integer, maximum: 7}\n"
			}
			if _, err := generateBoth(t, text); err == nil || !strings.Contains(err.Error(), f.want) {
				t.Errorf("%v, want %s", err, f.want)
			}
		})
	}
}
