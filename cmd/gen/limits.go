package main

import (
	"fmt"
	"go/format"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// generateLimits makes gen/schema.go of the document before the overlay, which takes out keywords that the models
// cannot hold and the limits can.
func generateLimits(doc *source, found *problems) []byte {
	w := &schemaWriter{doc: doc, found: found, written: map[string]string{}}
	var ops, list strings.Builder
	for _, op := range operations(doc.root()) {
		name := upperFirst(op.id) + "Operation"
		fmt.Fprintf(&list, "&%s,\n", name)
		fmt.Fprintf(&ops, "\n// %s is %s %s: %s.\nvar %s = schema.Operation{\n%s}\n",
			name, op.method, op.path, lowerFirst(prose(text(get(op.node, "summary")))), name, w.operation(op))
	}

	var b strings.Builder
	b.WriteString(generatedFrom("", doc))
	b.WriteString("\npackage gen\n\nimport \"github.com/kustomer-go/kustomer/internal/schema\"\n")
	b.WriteString(ops.String())
	fmt.Fprintf(&b, "\n// Operations lists them all, in the order of the document.\nvar Operations = []*schema.Operation{\n%s}\n", &list)
	for component := range pairs(get(doc.root(), "components", "schemas")) {
		if literal, ok := w.written[component.Value]; ok {
			fmt.Fprintf(&b, "\nvar %s = %s\n", variable(component.Value), literal)
		}
	}
	code, err := format.Source([]byte(b.String()))
	if err != nil && len(*found) == 0 {
		found.add(doc.name, 1, "gives limits that are not Go: %v", err)
	}
	return code
}

// operation writes the fields of a schema.Operation.
func (w *schemaWriter) operation(op operation) string {
	root := w.doc.root()
	success, _, _ := op.success(root)
	body, _ := op.body(root)

	var f fields
	f.text("ID", op.id)
	f.text("Method", op.method)
	f.text("Path", op.path)
	f.number("Success", strconv.Itoa(success))
	f.texts("Roles", texts(get(op.node, "x-required-roles")))
	f.texts("LegacyRoles", texts(get(op.node, "x-legacy-roles")))
	var schema *yaml.Node
	var mediaTypes []string
	for _, p := range payloads(body, "") {
		mediaTypes = append(mediaTypes, p.mediaType.Value)
		if schema != nil && text(get(schema, "$ref")) != text(get(p.schema, "$ref")) {
			w.found.add(w.doc.name, p.mediaType.Line, "all media types of a request body need the same schema, by $ref")
		}
		schema = p.schema
	}
	f.texts("MediaTypes", mediaTypes)
	f.number("MaxBody", written(get(body, "x-max-body-bytes")))
	f.text("Docs", text(get(op.node, "externalDocs", "url")))
	for _, parameter := range op.parameters(root) {
		if text(get(parameter, "in")) != "path" || text(get(parameter, "name")) != "id" {
			w.found.add(w.doc.name, parameter.Line, "the limits can express only a path parameter that is called id")
			continue
		}
		f.value("PathID", w.schema(get(parameter, "schema")))
	}
	if schema != nil {
		f.value("Body", w.schema(schema))
	}
	return strings.Join(f, ",\n") + ",\n"
}

func variable(component string) string { return "schema" + upperFirst(component) }

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
