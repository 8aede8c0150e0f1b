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
	"github.com/kustomer-go/kustomer/internal/schema"
)

// readBody decodes the body of a call, with numbers as [json.Number]. It returns an error response for a body that the
// operation does not allow.
func (s *Server) readBody(c *call, op *schema.Operation) (any, *response) {
	if len(c.body) > op.MaxBody {
		return nil, errorResponse(413, errorItem{Code: "toolarge", Title: "Payload Too Large"})
	}
	if failure := checkContentType(c.contentType, op.MediaTypes); failure != nil {
		return nil, failure
	}
	v, err := decode(c.body)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	if beyondFloat(v) { // infinity in JavaScript; that Kustomer refuses it is assumed
		return nil, badRequest("a number is beyond the range of a double")
	}
	var errs []fieldError
	for _, violation := range schema.Check(op.Body, "", v) {
		errs = append(errs, fieldErrorOf(violation, op.Body))
	}
	if object, ok := v.(map[string]any); ok {
		custom, _ := object["custom"].(map[string]any)
		errs = append(errs, s.checkCustom(custom)...)
	}
	if len(errs) > 0 {
		return nil, invalidBody(errs)
	}
	return v, nil
}

// checkContentType refuses other media types (that the status is 400 is assumed).
func checkContentType(header string, allowed []string) *response {
	mediaType, _, err := mime.ParseMediaType(header)
	if err == nil && slices.Contains(allowed, mediaType) {
		return nil
	}
	return badRequest(fmt.Sprintf("content-type %q is not supported", header))
}

func fieldErrorOf(v schema.Violation, body *schema.Schema) fieldError {
	known := func(p schema.Property) bool { return p.Name == v.Field }
	if body.Kind == schema.Object && !body.Open && v.Field != "" && !strings.ContainsAny(v.Field, ".[") &&
		!slices.ContainsFunc(body.Properties, known) && !slices.Contains(body.Required, v.Field) {
		return unknownField(v.Field, "", "")
	}
	return fieldError{parameter: v.Field, pointer: pointer(v.Field), title: v.Message}
}

// beyondFloat reports whether v has a number that float64 cannot hold, such as 1e999.
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

// decode decodes one JSON value. It refuses duplicate keys and invalid UTF-8, because JSON readers disagree on them.
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
		if _, duplicate := object[name]; duplicate {
			return nil, fmt.Errorf("the key %q is duplicated in an object", name)
		}
		if object[name], err = decodeNext(d); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

// encode encodes v like JavaScript: it does not escape <, > and &.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // cannot fail: stored values came from JSON
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
