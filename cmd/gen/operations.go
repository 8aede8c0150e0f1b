package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// generateOperations returns the data for the request check. It uses the document before the overlay, because the overlay removes
// keywords that the check supports but the models do not.
func (d document) generateOperations(doc *source, all *files, found *problems) []byte {
	w := &schemaWriter{doc: doc, all: all, found: found, written: map[*yaml.Node]string{}}
	var ops, list strings.Builder
	for path, item := range pairs(get(doc.root(), "paths")) {
		for method, op := range pairs(item) {
			id := text(get(op, "operationId"))
			if id == "" {
				continue // not an operation
			}
			name, place := upperFirst(id)+"Operation", strings.ToUpper(method.Value)+" "+path.Value
			fmt.Fprintf(&list, "&%s,\n", name)
			fmt.Fprintf(&ops, "\n// %s is %s: %s.\nvar %s = schema.Operation{\nID: %q,\nMethod: %q,\nPath: %q,\n%s,\n}\n",
				name, place, lowerFirst(text(get(op, "summary"))), name, id, strings.ToUpper(method.Value), path.Value,
				strings.Join(w.operation(place, method, op, items(get(item, "parameters"))), ",\n"))
		}
	}

	var b strings.Builder
	fmt.Fprintf(&b, "%s\npackage %s\n\nimport \"%s/internal/schema\"\n", generatedFrom(doc.name, ""), d.pkg, module)
	b.WriteString(ops.String())
	fmt.Fprintf(&b, "\n// Operations lists them all, in the order of the document.\nvar Operations = []*schema.Operation{\n%s}\n", &list)
	variables := map[string]bool{}
	for _, s := range all.sources {
		for component, schema := range pairs(get(s.root(), "components", "schemas")) {
			if literal, ok := w.written[schema]; ok {
				name := variable(component.Value)
				if variables[name] {
					found.add(s.name, component.Line, "another document has a schema %s too, and both are used", component.Value)
				}
				variables[name] = true
				fmt.Fprintf(&b, "\nvar %s = %s\n", name, literal)
			}
		}
	}
	return formatted(doc, b.String(), found)
}

// operation returns the fields of a schema.Operation, except its id, method and path.
func (w *schemaWriter) operation(place string, key, op *yaml.Node, parameters []*yaml.Node) (f fields) {
	var successes []string
	for status := range pairs(get(op, "responses")) {
		if _, err := strconv.Atoi(status.Value); err == nil && status.Value[0] == '2' {
			successes = append(successes, status.Value)
		}
	}
	if len(successes) != 1 {
		w.refuse(key, "%s needs exactly one 2xx response, has %d", place, len(successes))
	}
	f.add("Success", strings.Join(successes, ""))
	f.add("Roles", quoteAll(texts(get(op, "x-required-roles"))))
	f.add("LegacyRoles", quoteAll(texts(get(op, "x-legacy-roles"))))
	body := w.all.deref(get(op, "requestBody"))
	var schema *yaml.Node
	var mediaTypes []string
	for mediaType, content := range pairs(get(body, "content")) {
		mediaTypes = append(mediaTypes, mediaType.Value)
		s := get(content, "schema")
		if s == nil || schema != nil && text(get(schema, "$ref")) != text(get(s, "$ref")) {
			w.refuse(mediaType, "each media type of a request body needs a schema, the same for all, by $ref")
		}
		schema = s
	}
	f.add("MediaTypes", quoteAll(mediaTypes))
	if body != nil {
		size, err := atLeast(1)(get(body, "x-max-body-bytes"))
		if err != nil || schema == nil {
			w.found.add(w.doc.name, keyLine(body, "x-max-body-bytes"), "the request body of %s needs content and x-max-body-bytes, an integer above 0", place)
		}
		f.add("MaxBody", size)
	}
	f.add("Docs", quote(text(get(op, "externalDocs", "url"))))
	var id string
	var query, required []string
	for _, parameter := range slices.Concat(parameters, items(get(op, "parameters"))) {
		p := w.all.deref(parameter)
		in, name, schema := text(get(p, "in")), text(get(p, "name")), get(p, "schema")
		switch {
		case in == "path" && id == "" && schema != nil:
			id = w.schema(schema)
		case in == "query" && schema != nil:
			query = append(query, fmt.Sprintf("{Name: %q, Schema: %s},\n", name, w.schema(schema)))
			if plain(get(p, "required")) == true {
				required = append(required, name)
			}
		default:
			w.refuse(key, "%s may have one parameter in its path and others in its query, each with a schema; it has %s in %s", place, name, in)
		}
	}
	f.add("PathID", id)
	if query != nil {
		var q fields
		q.add("Kind", "schema.Object")
		q.add("Properties", "[]schema.Property{\n"+strings.Join(query, "")+"}")
		q.add("Required", quoteAll(required))
		f.add("Query", q.literal("&schema.Schema"))
	}
	f.add("Body", w.schema(schema))
	return f
}
