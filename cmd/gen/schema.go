package main

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A schemaWriter turns the schemas of requests into literals of schema.Schema.
type schemaWriter struct {
	doc     *source
	all     *files
	found   *problems
	written map[*yaml.Node]string // component to literal
	open    []*yaml.Node          // the components being written, to detect cycles
}

// schema returns the code for a schema: a variable for a component, a literal for others.
func (w *schemaWriter) schema(n *yaml.Node) string {
	ref := reference(n)
	if ref == nil {
		return w.literal(n)
	}
	to := w.all.targets[ref]
	switch {
	case to.node == nil: // reported already
		return ""
	case get(n, "$ref") != nil && len(n.Content) > 2:
		w.refuse(ref, "readers ignore the keywords next to a $ref")
		return ""
	case slices.Contains(w.open, to.node):
		w.refuse(ref, "the schema %s contains itself, which the request check does not support", path.Base(text(ref)))
		return ""
	}
	if _, ok := w.written[to.node]; !ok {
		outer := *w
		w.doc, w.open = to.doc, append(w.open, to.node)
		w.written[to.node] = w.schema(to.node)
		w.doc, w.open = outer.doc, outer.open
	}
	return variable(path.Base(text(ref)))
}

func (w *schemaWriter) refuse(n *yaml.Node, format string, args ...any) {
	w.found.add(w.doc.name, n.Line, format, args...)
}

func (w *schemaWriter) literal(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	kind, typ := text(get(n, "type")), get(n, "type")
	if typ != nil && !slices.Contains(allTypes, kind) {
		w.refuse(typ, "the type must be one of %s", strings.Join(allTypes, ", "))
		return ""
	}
	keywords, codes := w.keywords(kind), map[string]string{}
	if kind == "object" && get(n, "additionalProperties") == nil {
		codes["Open"] = "true"
	}
	for key, value := range pairs(n) {
		i := slices.IndexFunc(keywords, func(k keyword) bool { return k.name == key.Value && slices.Contains(k.types, kind) })
		reason := ignored(n, key.Value)
		switch {
		case slices.Contains(annotations, key.Value):
		case i < 0:
			w.refuse(key, "%s in a schema of a request: the request check does not know it for type %q", key.Value, kind)
		case reason != "":
			w.refuse(key, "%s in a schema of a request: %s", key.Value, reason)
		default:
			code, err := keywords[i].code(value)
			if err != nil {
				w.refuse(value, "%s in a schema of a request %v", key.Value, err)
			}
			codes[keywords[i].field] = code
		}
	}
	var f fields
	for _, k := range keywords {
		f.add(k.field, codes[k.field])
	}
	return f.literal("&schema.Schema")
}

func (w *schemaWriter) properties(n *yaml.Node) (string, error) {
	var b strings.Builder
	for key, value := range pairs(n) {
		fmt.Fprintf(&b, "{Name: %q, Schema: %s},\n", key.Value, w.schema(value))
	}
	if b.Len() == 0 {
		return "", nil
	}
	return "[]schema.Property{\n" + b.String() + "}", nil
}

func (w *schemaWriter) schemas(n *yaml.Node) (string, error) {
	var b strings.Builder
	for _, item := range items(n) {
		b.WriteString(strings.TrimPrefix(w.schema(item), "&schema.Schema") + ",\n")
	}
	return "[]*schema.Schema{\n" + b.String() + "}", nil
}

func variable(component string) string { return "schema" + upperFirst(component) }

// fields holds the fields of a composite literal.
type fields []string

// add adds a field, unless it has its zero value.
func (f *fields) add(name, code string) {
	if code != "" && code != "0" && code != `""` {
		*f = append(*f, name+": "+code)
	}
}

// literal puts the fields on one line, or on one line each if one of them spans several lines.
func (f fields) literal(typ string) string {
	if all := strings.Join(f, ", "); !strings.Contains(all, "\n") {
		return typ + "{" + all + "}"
	}
	return typ + "{\n" + strings.Join(f, ",\n") + ",\n}"
}

// quote returns a Go literal, in backquotes where those are easier to read.
func quote(s string) string {
	if strings.ContainsAny(s, `\"`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func quoteAll(all []string) string {
	if len(all) == 0 {
		return ""
	}
	var quoted []string
	for _, s := range all {
		quoted = append(quoted, quote(s))
	}
	return "[]string{" + strings.Join(quoted, ", ") + "}"
}
