package main

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// generatorVersion is the version of oapi-codegen in go.mod.
const generatorVersion = "v2.8.2"

// options returns the configuration of oapi-codegen. The overlay is not in it: this program applies the overlay itself,
// to name the line of an action that fails.
func (d document) options(imports map[string]string) codegen.Configuration {
	return codegen.Configuration{
		PackageName:   d.pkg,
		Generate:      codegen.GenerateOptions{Models: true, Client: d.builders},
		ImportMapping: imports,
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

// generateModels returns the models of a document that the overlay has shaped. The types of schemas in other documents are
// imported.
func (d document) generateModels(doc *source, all *files, found *problems) []byte {
	imports := map[string]string{}
	for _, other := range all.sources {
		if other != doc {
			imports["./"+path.Base(other.name)] = other.pkg
		}
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		if s := all.named(location.String()); s != nil {
			return s.shaped, nil
		}
		return nil, fmt.Errorf("%s is not a document of cmd/gen", location)
	}
	spec, err := loader.LoadFromDataWithPath(doc.shaped, &url.URL{Path: doc.name})
	var code string
	if err == nil {
		code, err = codegen.Generate(spec, d.options(imports))
	}
	if err != nil {
		found.add(d.overlay, 1, "oapi-codegen cannot generate Go from the document with this overlay: %v", err)
		return nil
	}
	// The header of the code depends on how this program was built.
	_, body, _ := strings.Cut(code, "\npackage ")
	return []byte(generatedFrom(d.name, "with oapi-codegen "+generatorVersion+" ") + d.pkgDoc + "package " + body)
}
