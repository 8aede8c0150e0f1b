package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

func init() {
	// Errors of the network's edge are HTML, which the document describes as a string.
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
}

// document judges requests and answers.
type document struct {
	*openapi3.T
	router routers.Router
}

func load(t testing.TB) document { return loadFile(t, "../api/openapi.yaml") }

func loadFile(t testing.TB, name string) document {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(name)
	if err != nil {
		t.Fatal(err)
	}
	// The organisation's host is tried first; the tests call it.
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return document{doc, router}
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

// request returns what the document says against r, whose body is body.
func (d document) request(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	if r.Method != http.MethodGet { // which has no body
		if err := strictJSON(body); err != nil {
			return nil, err
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		return nil, err
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	return in, openapi3filter.ValidateRequest(r.Context(), in)
}

// response returns what the document says against an answer to the request.
func (d document) response(in *openapi3filter.RequestValidationInput, status int, header http.Header, body []byte) error {
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

// strictJSON finds what the filter does not look at: a name twice in one object, anything after the value, text that is
// not UTF-8.
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
					return fmt.Errorf("the name %q is there twice", name)
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

func TestStrictJSON(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"a":1,"b":{"a":2}}`: true, `[1,{"a":[]}]`: true, `null`: true,
		`{"a":1,"a":2}`: false, `{"b":[{"a":1,"a":1}]}`: false, `{} {}`: false, `{}x`: false, ``: false, "\"\xff\"": false,
	} {
		if err := strictJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDocumentsAreValid(t *testing.T) {
	for _, d := range []document{load(t), loadMetadata(t)} {
		if err := d.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
			t.Errorf("%s: %v", d.Info.Title, err)
		}
	}
}
