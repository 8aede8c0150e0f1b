package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// generatorVersion is that of oapi-codegen in go.mod.
const generatorVersion = "v2.8.2"

// generateModels makes the models of a document as the overlay leaves it.
func generateModels(options codegen.Configuration, about string, doc, shaped *source, shaping *shaping, found *problems) []byte {
	body, err := modelsOf(options, shaped.doc)
	if err != nil {
		shaping.blame(doc, func(tree *yaml.Node) error {
			_, err := modelsOf(options, tree)
			return err
		}, found)
		return nil
	}
	var b strings.Builder
	b.WriteString(generatedFrom("with oapi-codegen "+generatorVersion+" ", doc) + "\n")
	for _, line := range wrap(about, 117) {
		fmt.Fprintf(&b, "// %s\n", line)
	}
	fmt.Fprintf(&b, "package %s\n%s", options.PackageName, body)
	return []byte(b.String())
}

// modelsOf returns what follows the package clause.
func modelsOf(options codegen.Configuration, tree *yaml.Node) (string, error) {
	spec, err := load(tree)
	if err != nil {
		return "", err
	}
	code, err := codegen.Generate(spec, options)
	if err != nil {
		return "", err
	}
	// The header that comes with the code names the module and version of the running program, which depend on how it
	// was built.
	_, body, ok := strings.Cut(code, "\npackage "+options.PackageName+"\n")
	if !ok {
		return "", errors.New("oapi-codegen left out the package clause")
	}
	return body, nil
}

// load makes a document of a tree and validates it. Its examples are left alone: shaping may turn off the very
// keywords that they show.
func load(tree *yaml.Node) (*openapi3.T, error) {
	data, err := yaml.Marshal(tree)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, errors.New(loadMessage(err))
	}
	return doc, doc.Validate(context.Background(), openapi3.DisableExamplesValidation())
}

// loadMessage leaves out that the document is not JSON either.
func loadMessage(err error) string {
	message := err.Error()
	if _, after, ok := strings.Cut(message, "yaml error: "); ok {
		message = after
	}
	return firstLine(message)
}
