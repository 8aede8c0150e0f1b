package kustomertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/internal/formats"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// readBody decodes the body of a call, with numbers as [json.Number]. It returns an error response for a body that the
// operation or the definitions of custom attributes do not allow. Definitions of nil allow any attribute.
func (s *Server) readBody(c *call, defined map[string]Attribute) (any, *response) {
	if len(c.body) > c.op.MaxBody {
		return nil, errorResponse(413, errorItem{Title: "Payload Too Large"})
	}
	// The status is assumed.
	if mediaType, _, err := mime.ParseMediaType(c.contentType); err != nil || !slices.Contains(c.op.MediaTypes, mediaType) {
		return nil, badRequest(fmt.Sprintf("content-type %q is not supported", c.contentType))
	}
	v, err := decode(c.body)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	// JavaScript would read such a number as infinity. That Kustomer refuses it is assumed.
	if json.Unmarshal(c.body, new(any)) != nil {
		return nil, badRequest("a number is beyond the range of a double")
	}
	var errs []fieldError
	for _, wrong := range schema.Check(c.op.Body, "", v) {
		e := fieldError{parameter: wrong.Field, pointer: pointer(wrong.Field), title: wrong.Message}
		if wrong.Unknown && !strings.ContainsAny(wrong.Field, ".[") {
			e = unknownField(wrong.Field, "", "")
		}
		errs = append(errs, e)
	}
	fields, _ := v.(map[string]any)
	custom, _ := fields["custom"].(map[string]any)
	errs = append(errs, checkCustom(custom, defined)...)
	if len(errs) > 0 {
		return nil, invalidBody(errs...)
	}
	return v, nil
}

// decode decodes one JSON value. It refuses duplicate keys and invalid text, because JSON readers disagree on them.
func decode(body []byte) (any, error) {
	if !json.Valid(body) {
		return nil, fmt.Errorf("the body is not one valid JSON value")
	}
	if !formats.IsExact(body) {
		return nil, fmt.Errorf("the body has text that is not valid Unicode")
	}
	if key, found := schema.DuplicateKey(body); found {
		return nil, fmt.Errorf("the key %q is duplicated in an object", key)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// encode encodes v like JavaScript: it does not escape <, > and &.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // cannot fail: stored values came from JSON
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
