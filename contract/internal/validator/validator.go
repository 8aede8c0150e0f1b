// Package validator checks requests and responses against an API document with kin-openapi.
package validator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func init() {
	// Errors of a CDN or proxy are HTML, which the document describes as a string.
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	openapi3.DefineStringFormatValidator("date-time", openapi3.NewCallbackValidator(dateTime()))
}

// dateTime returns the check of package jsonschema. The pattern of kin-openapi accepts offsets such as +10:60 and days such as
// the 30th of February, and refuses lower-case letters.
func dateTime() func(string) error {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("date-time.json", map[string]any{"format": "date-time"}); err != nil {
		panic(err)
	}
	schema := c.MustCompile("date-time.json")
	return func(text string) error { return schema.Validate(text) }
}

// A Document checks requests and responses.
type Document struct{ *openapi3.T }

// Load reads the document in a file.
func Load(name string) (Document, error) {
	doc, err := newLoader().LoadFromFile(name)
	return Document{doc}, err
}

var options = &openapi3filter.Options{
	MultiError: true,
	AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
		if !strings.HasPrefix(in.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer ") {
			return fmt.Errorf("no bearer token")
		}
		return nil
	},
}

// Request returns an error if r, with this body, is invalid.
func (d Document) Request(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := d.findRoute(r)
	if err != nil {
		return nil, err
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	if err := strictRequest(in, body); err != nil {
		return in, err
	}
	return in, openapi3filter.ValidateRequest(r.Context(), in)
}

// Response returns an error if a response to the request is invalid.
func Response(in *openapi3filter.RequestValidationInput, status int, header http.Header, body []byte) error {
	if strings.Contains(header.Get("Content-Type"), "json") {
		if err := strictJSON(body); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateResponse(in.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true},
	})
}

// strictRequest finds what the filter misses: a body or query parameters that the operation does not have, numbers without a
// digit in a query, and plus signs in look-ups that are not escaped, as the document wants it.
func strictRequest(in *openapi3filter.RequestValidationInput, body []byte) error {
	op, url := in.Route.Operation, in.Request.URL
	for name, values := range url.Query() {
		switch p := op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name); {
		case p == nil:
			return fmt.Errorf("the query parameter %s is not in the document", name)
		case values[0] == "" && !p.AllowEmptyValue:
			return fmt.Errorf("the query parameter %s is empty", name)
		}
	}
	if strings.Contains(in.Route.Path, "={") && strings.Contains(url.EscapedPath(), "+") {
		return fmt.Errorf("%s has a plus sign that is not escaped", url.EscapedPath())
	}
	if op.RequestBody != nil {
		return strictJSON(body)
	}
	if len(body) > 0 {
		return fmt.Errorf("%s %s has a body, which is not in the document", in.Route.Method, in.Route.Path)
	}
	return nil
}

// strictJSON finds what the filter misses: duplicate keys in an object, text after the value, and text that is not UTF-8.
func strictJSON(body []byte) error {
	if !json.Valid(body) {
		return fmt.Errorf("not one JSON value: %.200s", body)
	}
	if !bytes.Equal(bytes.ToValidUTF8(body, nil), body) {
		return fmt.Errorf("not UTF-8: %.200q", body)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	var walk func() error
	walk = func() error {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		delim, _ := token.(json.Delim)
		seen := map[string]bool{}
		for delim != 0 && dec.More() {
			if delim == '{' {
				name, err := dec.Token()
				if err != nil {
					return err
				}
				if seen[name.(string)] {
					return fmt.Errorf("duplicate key %q", name)
				}
				seen[name.(string)] = true
			}
			if err := walk(); err != nil {
				return err
			}
		}
		if delim != 0 {
			_, err = dec.Token()
		}
		return err
	}
	return walk()
}
