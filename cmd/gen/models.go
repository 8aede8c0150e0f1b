package main

import (
	"context"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// generatorVersion is that of oapi-codegen in go.mod.
const generatorVersion = "v2.8.2"

// options returns the configuration of oapi-codegen. The overlay is not in it: this program applies the overlay itself,
// to name the line of an action that fails.
func (d document) options() codegen.Configuration {
	return codegen.Configuration{
		PackageName:   d.pkg,
		Generate:      codegen.GenerateOptions{Models: true, Client: d.builders},
		Compatibility: codegen.CompatibilityOptions{AlwaysPrefixEnumValues: true},
		OutputOptions: codegen.OutputOptions{
			NameNormalizer:                        string(codegen.NameNormalizerFunctionToCamelCaseWithInitialisms),
			AdditionalInitialisms:                 []string{"AI", "SMS", "DM"},
			PreferSkipOptionalPointer:             true,
			PreferSkipOptionalPointerWithOmitzero: true,
			NullableType:                          true,
			DisableTypeAliasesForType:             []string{"array"},
			TypeMapping:                           &codegen.TypeMapping{Number: codegen.FormatMapping{Default: codegen.SimpleTypeSpec{Type: "float64"}}},
			// The wrapper around the request builders is written by hand, in package client. Only a template that prints
			// something replaces the built-in one, and only one with a line break is not read as a file name.
			UserTemplates: map[string]string{"client-with-responses.tmpl": "{{\"\"}}\n"},
		},
	}
}

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

// generateModels returns the models of a document that the overlay has shaped.
func (d document) generateModels(shaped *source, found *problems) []byte {
	data, err := yaml.Marshal(shaped.doc)
	if err != nil {
		found.add(d.name, 1, "%v", err)
		return nil
	}
	spec, err := openapi3.NewLoader().LoadFromData(data)
	var code string
	if err == nil {
		code, err = codegen.Generate(spec, d.options())
	}
	if err != nil {
		found.add(d.overlay, 1, "the document that it shapes gives no Go: %v", err)
		return nil
	}
	// The header of the code depends on how this program was built.
	_, body, _ := strings.Cut(code, "\npackage ")
	return []byte(generatedFrom(d.name, "with oapi-codegen "+generatorVersion+" ") + d.pkgDoc + "package " + body)
}
