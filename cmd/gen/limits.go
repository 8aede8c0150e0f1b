package main

import (
	"fmt"
	"go/format"
	"strings"

	"gopkg.in/yaml.v3"
)

// generateLimits returns gen/limits.go, the data for the request check. It takes the document before the overlay,
// which removes keywords that the models cannot hold and the check can.
func generateLimits(doc *source, found *problems) []byte {
	w := &schemaWriter{doc: doc, found: found, written: map[string]string{}}
	var ops, list strings.Builder
	for _, op := range operations(doc.root()) {
		name := upperFirst(op.id) + "Operation"
		fmt.Fprintf(&list, "&%s,\n", name)
		fmt.Fprintf(&ops, "\n// %s is %s %s: %s.\nvar %s = limits.Operation{\n%s}\n",
			name, op.method, op.path, lowerFirst(text(get(op.node, "summary"))), name, w.operation(op))
	}

	var b strings.Builder
	b.WriteString(generatedFrom(doc.name, ""))
	b.WriteString("\npackage gen\n\nimport \"github.com/kustomer-go/kustomer/internal/limits\"\n")
	b.WriteString(ops.String())
	fmt.Fprintf(&b, "\n// Operations lists them all, in the order of the document.\nvar Operations = []*limits.Operation{\n%s}\n", &list)
	for component := range pairs(get(doc.root(), "components", "schemas")) {
		if literal, ok := w.written[component.Value]; ok {
			fmt.Fprintf(&b, "\nvar %s = %s\n", variable(component.Value), literal)
		}
	}
	return formatted(doc, b.String(), found)
}

func formatted(doc *source, code string, found *problems) []byte {
	data, err := format.Source([]byte(code))
	if err != nil && len(*found) == 0 {
		found.add(doc.name, 1, "gives code that is not Go: %v", err)
	}
	return data
}

// operation returns the fields of a limits.Operation.
func (w *schemaWriter) operation(op operation) string {
	root := w.doc.root()
	var f fields
	f.add("ID", quote(op.id))
	f.add("Method", quote(op.method))
	f.add("Path", quote(op.path))
	successes := op.successes()
	if len(successes) != 1 {
		w.found.add(w.doc.name, op.line, "%s %s needs exactly one 2xx response, has %d", op.method, op.path, len(successes))
	}
	f.add("Success", strings.Join(successes, ""))
	f.add("Roles", quoteAll(texts(get(op.node, "x-required-roles"))))
	f.add("LegacyRoles", quoteAll(texts(get(op.node, "x-legacy-roles"))))
	body := deref(root, get(op.node, "requestBody"))
	var schema *yaml.Node
	var mediaTypes []string
	for mediaType, content := range pairs(get(body, "content")) {
		mediaTypes = append(mediaTypes, mediaType.Value)
		s := get(content, "schema")
		if s == nil || schema != nil && text(get(schema, "$ref")) != text(get(s, "$ref")) {
			w.found.add(w.doc.name, mediaType.Line, "each media type of a request body needs a schema, the same for all, by $ref")
		}
		schema = s
	}
	f.add("MediaTypes", quoteAll(mediaTypes))
	if body != nil {
		code, err := integer(get(body, "x-max-body-bytes"), 1)
		if err != nil || schema == nil {
			w.found.add(w.doc.name, keyLine(body, "x-max-body-bytes"), "the request body of %s %s needs content and x-max-body-bytes, an integer above 0", op.method, op.path)
		}
		f.add("MaxBody", code)
	}
	f.add("Docs", quote(text(get(op.node, "externalDocs", "url"))))
	for _, parameter := range op.parameters {
		if text(get(parameter, "in")) != "path" || text(get(parameter, "name")) != "id" || get(parameter, "schema") == nil {
			w.found.add(w.doc.name, op.line, "the only parameter that %s %s may have is id, in its path and with a schema", op.method, op.path)
			continue
		}
		f.add("PathID", w.schema(get(parameter, "schema")))
	}
	f.add("Body", w.schema(schema))
	return strings.Join(f, ",\n") + ",\n"
}

func variable(component string) string { return "limits" + upperFirst(component) }
