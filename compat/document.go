package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// levels changes the severity of some of oasdiff's rules. Clients find operations by their ids, and rely on each status,
// header and field that the document describes. Responses may have values that the document does not list.
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
	documents, err := fs.Glob(os.DirFS(old), "api/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []change
	for _, document := range documents {
		if strings.Contains(document, "overlay") {
			continue
		}
		before, err := loadDocument(filepath.Join(old, document))
		after, afterErr := loadDocument(filepath.Join(root, document))
		if err := errors.Join(err, afterErr); err != nil {
			return nil, fmt.Errorf("%s: %w", document, err)
		}
		d, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), before, after)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", document, err)
		}
		config := checker.NewConfig(checker.GetAllChecks(), checker.WithSeverityLevels(levels))
		for _, c := range checker.CheckBackwardCompatibility(config, d, sources) {
			names := []string{cmp.Or(c.GetOperationId(), document)}
			text := c.GetUncolorizedText(checker.NewDefaultLocalizer())
			if subject := quoted.FindStringSubmatch(text); subject != nil && subject[1] != names[0] {
				names = append(names, subject[1])
			}
			all = append(all, change{names, text})
		}
	}
	return all, nil
}

func loadDocument(file string) (*load.SpecInfo, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true // api/related.yaml refers to api/openapi.yaml
	// WithFlattenParams is needed to compare parameters that a path has for all its operations.
	return load.NewSpecInfo(loader, load.NewSource(file), load.WithFlattenParams())
}
