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
	all     files
	found   *problems
	written map[*yaml.Node]string // component to literal
	open    []*yaml.Node          // the components being written, to notice circles
}

// reference returns the $ref of a schema, or nil. A property that refers to a schema and has its own description holds
// the $ref as the only item of allOf, because nothing may stand beside a $ref.
func reference(n *yaml.Node) *yaml.Node {
	all := items(get(n, "allOf"))
	if len(all) != 1 {
		return get(n, "$ref")
	}
	for key := range pairs(n) {
		if key.Value != "allOf" && !slices.Contains(annotations, key.Value) {
			return nil
		}
	}
	return get(all[0], "$ref")
}

// schema returns the code for a schema: a variable for a component, a literal for others.
func (w *schemaWriter) schema(n *yaml.Node) string {
	ref := reference(n)
	if ref == nil {
		return w.literal(n)
	}
	target := w.all.find(ref)
	switch {
	case target == nil: // reported already
		return ""
	case get(n, "$ref") != nil && len(n.Content) > 2:
		w.refuse(ref, "readers ignore the keywords beside a $ref")
		return ""
	case slices.Contains(w.open, target):
		w.refuse(ref, "the schema %s contains itself, which the request check does not support", path.Base(text(ref)))
		return ""
	}
	if _, ok := w.written[target]; !ok {
		outer := *w
		w.doc, w.open = w.all.document(ref), append(w.open, target)
		w.written[target] = w.schema(target)
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
	keywords := w.keywords(kind)
	for key := range pairs(n) {
		i := slices.IndexFunc(keywords, func(k keyword) bool { return k.name == key.Value })
		reason := ""
		switch {
		case slices.Contains(annotations, key.Value):
		case i < 0:
			reason = "the request check does not know it"
		case !slices.Contains(keywords[i].types, kind):
			reason = fmt.Sprintf("the request check ignores it for type %q", kind)
		default:
			reason = ignored(n, key.Value)
		}
		if reason != "" {
			w.refuse(key, "%s in a schema of a request: %s", key.Value, reason)
		}
	}
	var f fields
	for _, k := range keywords {
		value := get(n, k.name)
		switch {
		case value != nil && slices.Contains(k.types, kind):
			code, err := k.code(value)
			if err != nil {
				w.refuse(value, "%s in a schema of a request %v", k.name, err)
			}
			f.add(k.field, code)
		case k.name == "additionalProperties" && kind == "object":
			f.add(k.field, "true")
		}
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

func (w *schemaWriter) anyOf(n *yaml.Node) (string, error) {
	var b strings.Builder
	for _, item := range items(n) {
		b.WriteString(strings.TrimPrefix(w.part(item), "&schema.Schema") + ",\n")
	}
	return "[]*schema.Schema{\n" + b.String() + "}", nil
}

// part returns the code for a schema within anyOf or not. If it allowed everything, anyOf would mean nothing, and not
// would refuse each value.
func (w *schemaWriter) part(n *yaml.Node) string {
	code := w.schema(n)
	if code == "&schema.Schema{}" || code == "&schema.Schema{Kind: schema.Object, Open: true}" {
		w.refuse(n, "the schema allows everything")
	}
	return code
}

func variable(component string) string { return "schema" + upperFirst(component) }

// Fields holds the fields of a composite literal.
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
