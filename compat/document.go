package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// levels are the rules that need another level than oasdiff gives them. Clients find operations by their ids, and rely on
// each status, header and field that the document describes. Responses are open to values that the server may add.
var levels = map[string]checker.Level{
	checker.APIOperationIdRemovedId:            checker.ERR,
	checker.ResponseNonSuccessStatusRemovedId:  checker.ERR,
	checker.OptionalResponseHeaderRemovedId:    checker.ERR,
	checker.ResponseOptionalPropertyRemovedId:  checker.ERR,
	checker.ResponseMediaTypeNameSpecializedId: checker.ERR,
	checker.ResponsePropertyEnumValueAddedId:   checker.INFO,
}

// compareDocuments compares the OpenAPI documents in api/.
func compareDocuments(old, root string) ([]change, error) {
	names, err := filepath.Glob(filepath.Join(old, "api", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var all []change
	for _, name := range names {
		if strings.Contains(filepath.Base(name), "overlay") {
			continue
		}
		document := "api/" + filepath.Base(name)
		changes, err := compareDocument(document, name, filepath.Join(root, document))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", document, err)
		}
		all = append(all, changes...)
	}
	return all, nil
}

func compareDocument(document, old, now string) ([]change, error) {
	before, err := loadDocument(old)
	if err != nil {
		return nil, err
	}
	after, err := loadDocument(now)
	if err != nil {
		return nil, err
	}
	d, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), before, after)
	if err != nil {
		return nil, err
	}
	config := checker.NewConfig(checker.GetAllChecks(), checker.WithSeverityLevels(levels))
	var all []change
	for _, c := range checker.CheckBackwardCompatibility(config, d, sources) {
		names := []string{document}
		if c.GetOperationId() != "" {
			names[0] = c.GetOperationId()
		}
		text := c.GetUncolorizedText(checker.NewDefaultLocalizer())
		if subject := quoted.FindStringSubmatch(text); subject != nil && subject[1] != names[0] {
			names = append(names, subject[1])
		}
		all = append(all, change{names, text})
	}
	return all, nil
}

func loadDocument(file string) (*load.SpecInfo, error) {
	// Without the option, the parameters of a path are not compared.
	return load.NewSpecInfo(openapi3.NewLoader(), load.NewSource(file), load.WithFlattenParams())
}
