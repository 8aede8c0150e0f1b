package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// generatorVersion is that of oapi-codegen in go.mod.
const generatorVersion = "v2.8.2"

// A modelMaker makes the models of a document.
type modelMaker struct {
	options  codegen.Configuration
	document document
	beside   []output // what else is in their package
	comp     *compiler
}

// generate makes the models of a document as the overlay leaves it.
func (m modelMaker) generate(doc, shaped *source, shaping *shaping, found *problems) []byte {
	code, err := m.try(shaped.doc)
	if err != nil {
		shaping.blame(doc, func(tree *yaml.Node) error {
			_, err := m.try(tree)
			return err
		}, found)
		return nil
	}
	return append([]byte(generatedFrom("with oapi-codegen "+generatorVersion+" ", doc)+"\n"), code...)
}

// try returns the code of the models, or why a tree gives none that compiles.
func (m modelMaker) try(tree *yaml.Node) ([]byte, error) {
	if err := checkValueNames(tree); err != nil {
		return nil, err
	}
	body, err := modelsOf(m.options, tree)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, line := range wrap(m.document.about, 117) {
		fmt.Fprintf(&b, "// %s\n", line)
	}
	fmt.Fprintf(&b, "package %s\n%s", m.options.PackageName, body)
	code := []byte(b.String())
	return code, m.comp.check(append([]output{{m.document.models, code}}, m.beside...)...)
}

const valueNames = "x-enum-varnames"

// checkValueNames refuses names for the values of an enum that are not as many as these, for the generator makes up the others,
// and names that are there twice, of which it changes one.
func checkValueNames(n *yaml.Node) error {
	if names := get(n, valueNames); names != nil {
		values := slices.DeleteFunc(slices.Clone(items(get(n, "enum"))), func(v *yaml.Node) bool { return plain(v) == nil })
		if len(items(names)) != len(values) {
			return fmt.Errorf("%s lists %d for %d values", valueNames, len(items(names)), len(values))
		}
		all := texts(names)
		for i, name := range all {
			if slices.Contains(all[:i], name) {
				return fmt.Errorf("%s lists %s twice", valueNames, name)
			}
		}
	}
	for _, child := range n.Content {
		if err := checkValueNames(child); err != nil {
			return err
		}
	}
	return nil
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
