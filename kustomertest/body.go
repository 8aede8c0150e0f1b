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
// operation does not allow.
func (s *Server) readBody(c *call) (any, *response) {
	if len(c.body) > c.op.MaxBody {
		return nil, errorResponse(413, errorItem{Title: "Payload Too Large"})
	}
	// That the status is 400 is assumed.
	if mediaType, _, err := mime.ParseMediaType(c.contentType); err != nil || !slices.Contains(c.op.MediaTypes, mediaType) {
		return nil, badRequest(fmt.Sprintf("content-type %q is not supported", c.contentType))
	}
	v, err := decode(c.body)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	if json.Unmarshal(c.body, new(any)) != nil { // infinity in JavaScript; that Kustomer refuses it is assumed
		return nil, badRequest("a number is beyond the range of a double")
	}
	var errs []fieldError
	for _, violation := range schema.Check(c.op.Body, "", v) {
		errs = append(errs, fieldErrorOf(violation))
	}
	if object, ok := v.(map[string]any); ok {
		custom, _ := object["custom"].(map[string]any)
		errs = append(errs, s.checkCustom(custom)...)
	}
	if len(errs) > 0 {
		return nil, invalidBody(errs...)
	}
	return v, nil
}

func fieldErrorOf(v schema.Violation) fieldError {
	if v.Unknown && !strings.ContainsAny(v.Field, ".[") {
		return unknownField(v.Field, "", "")
	}
	return fieldError{parameter: v.Field, pointer: pointer(v.Field), title: v.Message}
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
