package operations

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// URLPath returns the path with this value of its parameter.
func (op Operation) URLPath(value string) string {
	value = strings.ReplaceAll(url.PathEscape(value), "+", "%2B") // which the documents want in look-ups
	return strings.ReplaceAll(op.Path, "{"+op.Parameter().Name+"}", value)
}

// Values returns the examples of the path parameter.
func (op Operation) Values() []string {
	p := op.Parameter()
	if p.Example != nil {
		return []string{fmt.Sprint(p.Example)}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(p.Examples)) {
		all = append(all, fmt.Sprint(p.Examples[name].Value.Value))
	}
	if all == nil {
		return []string{""} // TestOperationsAreDescribed reports it
	}
	return all
}

// Body returns the schema of the request body, or nil if there is no body.
func (op Operation) Body() *openapi3.SchemaRef {
	if op.RequestBody == nil {
		return nil
	}
	return op.RequestBody.Value.Content.Get("application/json").Schema
}

// Examples returns the examples of the request body, or an empty body if there is no body.
func (op Operation) Examples() []string {
	if op.Body() == nil {
		return []string{""}
	}
	content := op.RequestBody.Value.Content.Get("application/json")
	values := []any{}
	if content.Example != nil {
		values = append(values, content.Example)
	}
	for _, name := range slices.Sorted(maps.Keys(content.Examples)) {
		values = append(values, content.Examples[name].Value.Value)
	}
	var all []string
	for _, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	if all == nil {
		return []string{"null"} // TestOperationsAreDescribed reports it
	}
	return all
}

// NewRequest returns a request for the operation, without a body. Value is that of the path parameter.
func (op Operation) NewRequest(t testing.TB, host, key, value string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), op.Method, host+op.URLPath(value), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+key)
	return r
}
