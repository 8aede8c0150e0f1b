package validator

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/routers"
)

// findRoute returns the operation of a request, and the values of its path parameters. If several paths match, it is the one with
// the longest text before its parameter: the routers of kin-openapi send externalId=x to {id}.
func (d Document) findRoute(r *http.Request) (*routers.Route, map[string]string, error) {
	server, _, path := d.Servers.MatchURL(r.URL)
	if server == nil {
		return nil, nil, routers.ErrPathNotFound
	}
	var found string
	var params map[string]string
	for template := range d.Paths.Map() {
		if values, ok := match(template, path); ok && len(literal(template)) > len(literal(found)) {
			found, params = template, values
		}
	}
	if found == "" {
		return nil, nil, routers.ErrPathNotFound
	}
	item := d.Paths.Value(found)
	operation := item.GetOperation(r.Method)
	if operation == nil {
		return nil, nil, routers.ErrMethodNotAllowed
	}
	return &routers.Route{Spec: d.T, Server: server, Path: found, PathItem: item, Method: r.Method, Operation: operation}, params, nil
}

// literal returns the text of a path before its parameter.
func literal(template string) string {
	text, _, _ := strings.Cut(template, "{")
	return text
}

// match compares an escaped path with one of the document. It returns the parameters without escapes.
func match(template, path string) (params map[string]string, ok bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params = map[string]string{}
	for i := range want {
		text, name, isParameter := strings.Cut(want[i], "{")
		value, ok := strings.CutPrefix(got[i], text)
		if !ok || !isParameter && value != "" {
			return nil, false
		}
		if isParameter {
			if params[strings.TrimSuffix(name, "}")], ok = unescape(value); !ok {
				return nil, false
			}
		}
	}
	return params, true
}

func unescape(value string) (string, bool) {
	plain, err := url.PathUnescape(value)
	return plain, err == nil
}
