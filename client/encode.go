package client

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/internal/schema"
)

// encode checks a body and writes it as JSON. Violations name the body root. found has the violations that the caller has
// already found.
func (c *Client) encode(op *schema.Operation, found []Violation, root string, body any) ([]byte, error) {
	found = append(found, violations(schema.Check(op.Body, root, body), c.checks)...)
	return c.marshal(op.ID, op.MaxBody, found, body)
}

// checkID refuses an id that could lead to the path of another operation. This check cannot be turned off: a PATCH with the id
// ".." would reach another live endpoint.
func checkID(op *schema.Operation, name, id string) []Violation {
	return violations(schema.Check(op.PathID, name, id), true)
}

// violations converts what a check found. Without all, it keeps only what cannot be sent at all.
func violations(found []schema.Violation, all bool) []Violation {
	var vs []Violation
	for _, v := range found {
		if all || v.Unsendable {
			vs = append(vs, Violation{v.Field, v.Message})
		}
	}
	return vs
}

// marshal writes a body as JSON. It returns an error if the body has violations or is too large.
func (c *Client) marshal(op string, maxBody int, found []Violation, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	data = unescapeHTML(data)
	switch {
	case err != nil && len(found) == 0:
		found = append(found, Violation{Message: "cannot be written as JSON: " + nestedText(rootCause(err))})
	case err == nil && c.checks && len(data) > maxBody:
		found = append(found, Violation{Message: fmt.Sprintf("has %d bytes, may have %d", len(data), maxBody)})
	}
	if len(found) > 0 {
		return nil, &ValidationError{Op: op, Violations: found}
	}
	return data, nil
}

// unescapeHTML replaces the escapes of <, > and &. encoding/json writes six bytes for each, which count against the maximum
// size of a body. An encoder can turn that off, but not for the MarshalJSON methods that it calls.
func unescapeHTML(data []byte) []byte {
	if !bytes.Contains(data, []byte(`\u00`)) {
		return data
	}
	return []byte(htmlEscapes.Replace(string(data)))
}

// htmlEscapes skips escaped backslashes, so that it leaves \\u003c as it is.
var htmlEscapes = strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// rootCause removes the names of Go types, which do not help the person who filled in the fields.
func rootCause(err error) error {
	var m *json.MarshalerError
	for errors.As(err, &m) {
		err = m.Err
	}
	return err
}

// inUTC converts the times in a struct to UTC, which is how the reference shows them. What the struct points to belongs to the
// caller, so it is copied before it is changed.
func inUTC(v reflect.Value) {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		*t = t.UTC()
		return
	}
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct && !f.IsNil() {
			c := reflect.New(f.Type().Elem())
			c.Elem().Set(f.Elem())
			f.Set(c)
			f = c.Elem()
		}
		if f.Kind() == reflect.Struct {
			inUTC(f)
		}
	}
}

// validText reports whether all text in v is valid UTF-8. encoding/json replaces invalid text with U+FFFD without an error. It
// has already written v, so v has no cycles. Values that have their own MarshalJSON are not checked.
func validText(v reflect.Value) bool {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return true
	}
	self := v
	if v.CanAddr() {
		self = v.Addr() // has the methods of both
	}
	if _, ok := self.Type().MethodByName("MarshalJSONTo"); ok { // of Go 1.27
		return true
	}
	if self.CanInterface() {
		switch m := self.Interface().(type) {
		case json.Marshaler:
			return true
		case encoding.TextMarshaler:
			text, err := m.MarshalText()
			return err != nil || utf8.Valid(text)
		}
	}
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return validText(v.Elem())
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !validText(it.Key()) || !validText(it.Value()) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !validText(v.Index(i)) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if (f.IsExported() || f.Anonymous) && f.Tag.Get("json") != "-" && !validText(v.Field(i)) {
				return false
			}
		}
	}
	return true
}
