package main

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

const configFile = "cmd/gen/config.yaml"

// A config is what config.yaml says.
type config struct {
	Models struct {
		Compatibility codegen.CompatibilityOptions `yaml:"compatibility"`
		OutputOptions codegen.OutputOptions        `yaml:"output-options"`
	} `yaml:"models"`
	Aliases struct {
		Skip    map[string]string `yaml:"skip"`    // component to the reason
		Replace map[string]string `yaml:"replace"` // component to a type of another package
	} `yaml:"aliases"`

	source *source
}

var typeError = regexp.MustCompile(`^line (\d+): (.*)$`)

func readConfig(root string, found *problems) *config {
	s := read(root, configFile, found)
	if s == nil {
		return nil
	}
	c := &config{source: s}
	decoder := yaml.NewDecoder(bytes.NewReader(s.data))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil {
		typeErr := new(yaml.TypeError)
		if !errors.As(err, &typeErr) {
			found.add(configFile, 1, "%v", err)
			return nil
		}
		for _, message := range typeErr.Errors {
			line := 1
			if parts := typeError.FindStringSubmatch(message); parts != nil {
				line, _ = strconv.Atoi(parts[1])
				message = parts[2]
			}
			found.add(configFile, line, "%s", message)
		}
		return nil
	}
	for _, d := range documents {
		if err := c.options(d).Validate(); err != nil {
			found.add(configFile, keyLine(s.root(), "models"), "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
			return nil
		}
	}
	return c
}

// options are what oapi-codegen is told for the models of a document.
func (c *config) options(d document) codegen.Configuration {
	return codegen.Configuration{
		PackageName:   d.pkg,
		Generate:      codegen.GenerateOptions{Models: true, Client: d.builds},
		Compatibility: c.Models.Compatibility,
		OutputOptions: c.Models.OutputOptions,
	}
}

// checkAliases refuses a configuration that speaks of schemas which do not exist.
func (c *config) checkAliases(doc *source, found *problems) {
	schemas := get(doc.root(), "components", "schemas")
	for _, key := range []string{"skip", "replace"} {
		for name := range pairs(get(c.source.root(), "aliases", key)) {
			if get(schemas, name.Value) == nil {
				found.add(configFile, name.Line, "%s has no schema %q", doc.name, name.Value)
			}
		}
	}
}

func (c *config) aliased(component string) bool {
	_, skipped := c.Aliases.Skip[component]
	return !skipped
}
