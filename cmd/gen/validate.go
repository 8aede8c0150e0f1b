package main

import (
	"context"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// isValid reports whether kin-openapi accepts the document, with its examples.
func isValid(doc *source, found *problems) bool {
	spec, err := openapi3.NewLoader().LoadFromData(doc.data)
	if err == nil {
		err = spec.Validate(context.Background(), openapi3.EnableMultiError())
	}
	if err != nil {
		found.add(doc.name, 1, "is not valid (make lint-api names most lines): %v", err)
	}
	return err == nil
}

// checkShaped refuses what oapi-codegen turns into wrong Go without an error.
func checkShaped(shaped *source, found *problems) {
	visitSchemas(shaped.root(), func(schema, _ *yaml.Node) {
		for key, value := range pairs(schema) {
			switch {
			case slices.Contains([]string{"anyOf", "oneOf"}, key.Value) && get(schema, "x-go-type") == nil:
				found.add(shaped.name, key.Line, "%s becomes a Go type that marshals to {}: let the overlay remove it or give the schema an x-go-type", key.Value)
			case key.Value == "x-enum-varnames" && len(items(value)) != len(items(get(schema, "enum"))):
				found.add(shaped.name, keyLine(schema, "enum"), "the overlay's x-enum-varnames has %d names for %d values", len(items(value)), len(items(get(schema, "enum"))))
			}
		}
	})
}
