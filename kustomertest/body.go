package kustomertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/internal/formats"
	"github.com/kustomer-go/kustomer/internal/limits"
)

// readBody returns the body of a call as encoding/json would give it, with numbers as [json.Number], or the
// refusal of one that the operation does not allow.
func (s *Server) readBody(c *call, op *limits.Operation) (any, *answer) {
	if len(c.body) > op.MaxBody {
		return nil, refuse(413, errorItem{Code: "toolarge", Title: "Payload Too Large"})
	}
	if refusal := checkContentType(c.contentType, op.MediaTypes); refusal != nil {
		return nil, refusal
	}
	v, err := decode(c.body)
	if err != nil {
		return nil, malformed(err.Error())
	}
	if beyondFloat(v) { // JavaScript would take it for infinity; that Kustomer refuses it is assumed
		return nil, malformed("a number is beyond the range of a double")
	}
	var problems []problem
	for _, violation := range limits.Check(op.Body, "", v) {
		problems = append(problems, problemOf(violation, op.Body))
	}
	if object, ok := v.(map[string]any); ok {
		custom, _ := object["custom"].(map[string]any)
		problems = append(problems, s.checkCustom(custom)...)
	}
	if len(problems) > 0 {
		return nil, badParam(problems)
	}
	return v, nil
}

// checkContentType refuses what is not one of the allowed media types; that the status is 400 is assumed.
func checkContentType(header string, allowed []string) *answer {
	mediaType, _, err := mime.ParseMediaType(header)
	if err == nil && slices.Contains(allowed, mediaType) {
		return nil
	}
	return malformed(fmt.Sprintf("content-type %q is not supported", header))
}

func problemOf(v limits.Violation, schema *limits.Schema) problem {
	known := func(p limits.Property) bool { return p.Name == v.Field }
	if schema.Kind == limits.Object && !schema.Open && v.Field != "" && !strings.ContainsAny(v.Field, ".[") &&
		!slices.ContainsFunc(schema.Properties, known) && !slices.Contains(schema.Required, v.Field) {
		return notAllowed(v.Field, "", "")
	}
	return problem{parameter: v.Field, pointer: pointer(v.Field), title: v.Message}
}

// beyondFloat reports whether there is a number that float64 cannot hold, such as 1e999.
func beyondFloat(v any) bool {
	switch v := v.(type) {
	case json.Number:
		_, err := v.Float64()
		return err != nil
	case []any:
		return slices.ContainsFunc(v, beyondFloat)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), beyondFloat)
	}
	return false
}

// decode reads one JSON value. It refuses what readers of JSON disagree on: a key that is twice in an object, and
// bytes that are not UTF-8.
func decode(body []byte) (any, error) {
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, fmt.Errorf("the body is not one valid JSON value")
	}
	if !formats.IsExact(body) {
		return nil, fmt.Errorf("the body has half of a surrogate pair, which the fake cannot keep")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return decodeNext(d)
}

func decodeNext(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeNext(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		return decodeObject(d)
	}
	return token, nil
}

func decodeObject(d *json.Decoder) (any, error) {
	object := make(map[string]any)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := key.(string)
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the key %q is in one object twice", name)
		}
		if object[name], err = decodeNext(d); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

// encode writes v as JavaScript does: without escaping <, > and &.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // cannot fail: all in the store came from JSON, or is made here
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
