package main

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// validate has the library look at the document as a whole. Examples wait until the schemas are sound.
func validate(s *source, places []place, sound bool, found *problems) {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	spec, err := loader.LoadFromData(s.data)
	if err != nil {
		found.add(s.name, 1, "cannot be loaded: %s", loadMessage(err))
		return
	}
	if sound {
		checkExamples(s, places, spec, found)
	}
	err = spec.Validate(context.Background(), openapi3.EnableMultiError(),
		openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation())
	reportValidation(s, err, found)
}

func reportValidation(s *source, err error, found *problems) {
	var several openapi3.MultiError
	switch {
	case err == nil:
		return
	case isMulti(err, &several):
		for _, one := range several {
			reportValidation(s, one, found)
		}
		return
	}
	p := locate(s, err)
	if !p.known {
		found.add(s.name, p.line, "%s", p.message)
	}
}

// A finding is what can be told of an error of the library.
type finding struct {
	line    int
	message string
	known   bool // reported by a check of ours, with a better place
}

// locate follows an error from its context, as "in this path", down to the point, which knows the place best.
func locate(s *source, err error) finding {
	f := finding{line: 1}
	var here []string // the context as keys from the root
	for err != nil {
		deeper := func(cause error, keys ...string) {
			here = append(here, keys...)
			f.line = lineAt(s, here, f.line)
			err = cause
		}
		switch e := err.(type) {
		case *openapi3.SectionValidationError:
			deeper(e.Cause, e.Section)
			continue
		case *openapi3.PathValidationError:
			deeper(e.Cause, e.Path)
			continue
		case *openapi3.OperationValidationError:
			deeper(e.Cause, strings.ToLower(e.Method))
			continue
		case *openapi3.ComponentValidationError:
			deeper(e.Cause, plurals[e.Section], e.Name)
			continue
		case *openapi3.SecurityRequirementSchemeUndefinedError:
			return finding{line: pointerLine(s, e.JSONPointer), message: e.Error()}
		}
		break
	}
	f.message = firstLine(err.Error())
	if len(here) > 0 && strings.HasPrefix(f.message, "must be") {
		f.message = here[len(here)-1] + " " + f.message
	}
	for ; err != nil; err = errors.Unwrap(err) {
		switch err.(type) {
		case *openapi3.ExtraSiblingFieldsError, *openapi3.FieldVersionMismatchError, *openapi3.DuplicateOperationIDError,
			*openapi3.SchemaTypeError, *openapi3.SchemaPatternRegexError, *openapi3.DuplicateRequiredFieldError:
			f.known = true
		}
		if line := originLine(err); line > 0 {
			f.line = line
			break
		}
	}
	f.line = mentioned(get(s.root(), here...), f.message, f.line)
	return f
}

// plurals are the keys of components, by the names that the library has for them.
var plurals = map[string]string{
	"schema": "schemas", "parameter": "parameters", "header": "headers", "request body": "requestBodies",
	"response": "responses", "security scheme": "securitySchemes", "example": "examples", "link": "links",
	"callback": "callbacks",
}

// lineAt returns the line of the last key, or otherwise where the document has no such keys.
func lineAt(s *source, keys []string, otherwise int) int {
	parent := get(s.root(), keys[:len(keys)-1]...)
	if last := keys[len(keys)-1]; get(parent, last) != nil {
		return keyLine(parent, last)
	}
	return otherwise
}

// mentioned returns the line of the key that a message quotes first.
func mentioned(n *yaml.Node, message string, otherwise int) int {
	line, first := otherwise, len(message)
	for key := range pairs(n) {
		if i := strings.Index(message, strconv.Quote(key.Value)); i >= 0 && i < first {
			line, first = key.Line, i
		}
	}
	return line
}

func pointerLine(s *source, pointer string) int {
	i := max(strings.LastIndexByte(pointer, '/'), 0)
	parent := at(s.root(), pointer[:i])
	if parent == nil {
		return 1
	}
	return keyLine(parent, unescape.Replace(strings.TrimPrefix(pointer[i:], "/")))
}

// culprits are the keywords that some errors speak of without naming them in a field.
var culprits = map[reflect.Type]string{
	reflect.TypeFor[*openapi3.InvalidParameterInError]():        "in",
	reflect.TypeFor[*openapi3.InvalidSecuritySchemeTypeError](): "type",
	reflect.TypeFor[*openapi3.InvalidHTTPSchemeError]():         "scheme",
}

// originLine returns the line that an error has of its own, or 0. The library has dozens of error types, each with an
// Origin of the same type; many name the keyword in Field.
func originLine(err error) int {
	v := reflect.Indirect(reflect.ValueOf(err))
	if v.Kind() != reflect.Struct {
		return 0
	}
	origin, _ := field(v, "Origin").(*openapi3.Origin)
	if origin == nil || origin.Key == nil {
		return 0
	}
	keyword := culprits[reflect.TypeOf(err)]
	for _, name := range []string{"Field", "Field2"} {
		if s, ok := field(v, name).(string); ok {
			keyword = s[strings.LastIndexByte(s, '.')+1:]
		}
	}
	if at, ok := origin.Fields.Lookup(keyword); ok {
		return at.Line
	}
	return origin.Key.Line
}

func field(v reflect.Value, name string) any {
	if f := v.FieldByName(name); f.IsValid() && f.CanInterface() {
		return f.Interface()
	}
	return nil
}
