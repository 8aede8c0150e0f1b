package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// levels are where we judge otherwise than oasdiff. What it takes for harmless and we do not: clients find operations by
// their ids, rely on each documented status, header and field of an answer, on its exact media type, and on the way to
// authenticate. What it takes for harmful and we do not: answers are open to values that the server may add.
var levels = map[string]checker.Level{
	checker.APIOperationIdRemovedId:            checker.ERR,
	checker.ResponseNonSuccessStatusRemovedId:  checker.ERR,
	checker.OptionalResponseHeaderRemovedId:    checker.ERR,
	checker.ResponseOptionalPropertyRemovedId:  checker.ERR,
	checker.ResponseMediaTypeNameSpecializedId: checker.ERR,
	checker.APISecurityRemovedCheckId:          checker.ERR,
	checker.APIGlobalSecurityRemovedCheckId:    checker.ERR,
	checker.APIComponentsSecurityRemovedId:     checker.ERR,
	checker.APIComponentsSecurityTypeUpdatedId: checker.ERR,
	checker.ResponsePropertyEnumValueAddedId:   checker.INFO,
}

// compareDocuments compares the documents below api/.
func compareDocuments(r *report, old, now files) error {
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if !isDocument(name) {
			continue
		}
		r.documents = append(r.documents, name)
		if _, ok := now[name]; !ok {
			r.breaking = append(r.breaking, change{place: []string{name}, text: "document removed"})
			continue
		}
		before, err := loadDocument(old, name)
		if err != nil {
			return fmt.Errorf("the old %s: %w", name, err)
		}
		after, err := loadDocument(now, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := compareDocument(r, before, after); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(r.documents) == 0 {
		return errors.New("no documents found")
	}
	return nil
}

func loadDocument(f files, name string) (*load.SpecInfo, error) {
	// Without the option, the parameters of a path are not compared.
	return load.NewSpecInfoFromData(openapi3.NewLoader(), bytes.Clone(f[name]), name, load.WithFlattenParams())
}

func compareDocument(r *report, before, after *load.SpecInfo) error {
	d, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), before, after)
	if err != nil {
		return err
	}
	config := checker.NewConfig(checker.GetAllChecks())
	localize := checker.NewDefaultLocalizer()
	for _, c := range checker.CheckBackwardCompatibilityUntilLevel(config, d, sources, checker.INFO) {
		if c.GetSection() == "info" { // about the document's version
			continue
		}
		level, ours := levels[c.GetId()]
		if !ours {
			level = c.GetLevel()
		}
		if level < checker.WARN {
			r.additions++
			continue
		}
		names := place(c)
		whole := len(names) == 1 && c.GetPath() != ""
		r.breaking = append(r.breaking, change{names, c.GetUncolorizedText(localize), whole})
	}
	r.breaking = append(r.breaking, compareStructure(before.Spec, after.Spec)...)
	return nil
}

// place is the operation of a change, if it has one, and what the change is about, if it has a name.
func place(c checker.Change) []string {
	var names []string
	if operation := c.GetOperationId(); operation != "" {
		names = append(names, operation)
	} else if c.GetPath() != "" {
		names = append(names, c.GetOperation()+" "+c.GetPath())
	}
	var subject string
	for i, arg := range c.GetArgs() {
		text, ok := arg.(string)
		if !ok {
			break
		}
		// The rules put a field last where it gains or loses a value or a branch, a parameter after its place.
		if i == 0 || strings.Contains(c.GetId(), "-enum-value-") || strings.Contains(c.GetId(), "-of-") || isParameterPlace(subject) {
			subject = strings.Trim(text, "/")
		}
		if i == 1 {
			break
		}
	}
	if subject != "" && !slices.Contains(names, subject) {
		names = append(names, subject)
	}
	if len(names) == 0 {
		names = []string{c.GetId()}
	}
	return names
}

func isParameterPlace(s string) bool {
	return slices.Contains([]string{openapi3.ParameterInPath, openapi3.ParameterInQuery, openapi3.ParameterInHeader, openapi3.ParameterInCookie}, s)
}
