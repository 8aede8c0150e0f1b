package main

import (
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"
)

// mandatory returns the error answers that an operation has to describe. A read changes nothing that could conflict and
// sends nothing that could be too large.
func mandatory(op operation) []string {
	if op.method == "GET" || op.method == "HEAD" {
		return []string{"400", "401", "403", "404", "429", "5XX"}
	}
	return []string{"400", "401", "403", "404", "409", "413", "429", "5XX"}
}

// checkVersion refuses versions of OpenAPI that the grammar does not describe.
func checkVersion(s *source, found *problems) {
	if version := get(s.root(), "openapi"); version != nil && !strings.HasPrefix(text(version), "3.0.") {
		found.add(s.name, version.Line, "OpenAPI %s is not supported; only 3.0 is", version.Value)
	}
}

// checkMediaTypes refuses names under content that are no media types, and contents without a schema, of which nothing
// would become Go. A parameter has its schema beside its name alone.
func checkMediaTypes(s *source, places []place, found *problems) {
	for _, p := range places {
		if content := get(p.node, "content"); p.shape == parameterShape && content != nil {
			found.add(s.name, keyLine(p.node, "content"), "a parameter needs a schema, not content")
		} else if p.shape == bodyShape && content != nil && len(content.Content) == 0 {
			found.add(s.name, content.Line, "content has no media type")
		}
		if p.shape != mediaTypeShape {
			continue
		}
		if get(p.node, "schema") == nil {
			found.add(s.name, pointerLine(s, p.pointer), "the media type has no schema")
		}
		name := unescape.Replace(path.Base(p.pointer))
		if kind, _, err := mime.ParseMediaType(name); err != nil || !strings.Contains(kind, "/") {
			found.add(s.name, pointerLine(s, p.pointer), "%q is not a media type", name)
		}
	}
}

// checkOperations holds the operations to the rules of this repository.
func checkOperations(s *source, found *problems) {
	first := map[string]operation{}
	for _, op := range operations(s.root()) {
		name := op.id
		if name == "" {
			name = op.method + " " + op.path
			found.add(s.name, op.line, "%s has no operationId", name)
		} else if other, ok := first[op.id]; ok {
			found.add(s.name, keyLine(op.node, "operationId"), "duplicate operationId %q, first in line %d",
				op.id, keyLine(other.node, "operationId"))
		} else {
			first[op.id] = op
		}

		checkAnswers(s, op, name, found)
		if len(items(get(op.node, "x-required-roles"))) == 0 {
			found.add(s.name, op.line, "%s has no x-required-roles, the permission roles that it needs", name)
		}
		if text(get(op.node, "externalDocs", "url")) == "" {
			found.add(s.name, op.line, "%s has no externalDocs, the page that describes it", name)
		}
		body, pointer := op.body(s.root())
		if limit, ok := plain(get(body, "x-max-body-bytes")).(float64); body != nil && (!ok || limit == 0) {
			found.add(s.name, pointerLine(s, pointer), "the request body of %s has no x-max-body-bytes", name)
		}
	}
}

var knownStatus = regexp.MustCompile(`^([1-5][0-9][0-9]|[1345]XX|default|x-.*)$`)

func checkAnswers(s *source, op operation, name string, found *problems) {
	responses := get(op.node, "responses")
	var successes, statuses []string
	for status := range pairs(responses) {
		statuses = append(statuses, status.Value)
		if !knownStatus.MatchString(status.Value) {
			found.add(s.name, status.Line, "%q is no status such as 200, 5XX or default; that of a success has three digits", status.Value)
		}
		if isSuccess(status.Value) {
			successes = append(successes, status.Value)
		}
	}
	line := op.line
	if responses != nil {
		line = keyLine(op.node, "responses")
	}
	switch len(successes) {
	case 0:
		found.add(s.name, line, "%s has no 2xx answer", name)
	case 1:
	default:
		found.add(s.name, line, "%s has several 2xx answers (%s), must have one", name, strings.Join(successes, ", "))
	}
	var missing []string
	for _, status := range mandatory(op) {
		if !slices.Contains(statuses, status) {
			missing = append(missing, status)
		}
	}
	if missing != nil {
		found.add(s.name, line, "%s has no answer %s", name, strings.Join(missing, ", "))
	}
}
