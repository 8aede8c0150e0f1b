package client

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/kustomer-go/kustomer/custom"
)

var unmarshalerType = reflect.TypeFor[json.Unmarshaler]()

// decodesItself reports whether values of the type are decoded as a whole: by their own method, or as exact JSON.
func decodesItself(t reflect.Type) bool {
	known, ok := knownDecoders.Load(t)
	if !ok {
		known = reflect.PointerTo(t).Implements(unmarshalerType)
		knownDecoders.Store(t, known)
	}
	return known.(bool)
}

var knownDecoders sync.Map // of reflect.Type to bool, for asking takes long

// fields are the names that the fields of a struct have in JSON, by their index; "" is none.
type fields []string

var knownFields sync.Map // of reflect.Type to fields

// fieldsOf returns the names of a struct's fields. They are read once, for reading tags takes long.
func fieldsOf(t reflect.Type) fields {
	if known, ok := knownFields.Load(t); ok {
		return known.(fields)
	}
	names := make(fields, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if names[i] == "-" {
			names[i] = ""
		}
	}
	knownFields.Store(t, names)
	return names
}

// find returns the index of the field that has the name, or else of one whose name differs in case alone, or -1.
func (f fields) find(name string) (i int, exact bool) {
	if i := slices.Index(f, name); i >= 0 && name != "" {
		return i, true
	}
	return slices.IndexFunc(f, func(other string) bool { return other != "" && strings.EqualFold(other, name) }), false
}

// jsonKind names the type of the JSON value that begins with b.
func jsonKind(b byte) string {
	switch b {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// goKind names what a Go type takes.
func goKind(t reflect.Type) string {
	switch {
	case t == timeType:
		return "a date and time"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "an object"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Bool:
		return "a boolean"
	case t.Kind() == reflect.String:
		return "a string"
	case t.Kind() == reflect.Int:
		return "an integer"
	}
	return "a number"
}

// wholeNumber reads integers of any spelling, such as 3.0 and 30e-1.
var wholeNumber = custom.Int("whole")

// setInteger sets an integer to a number that json.Unmarshal refuses for its spelling.
func setInteger(v reflect.Value, raw json.RawMessage) bool {
	var value custom.Value
	if !v.CanInt() || value.UnmarshalJSON(raw) != nil {
		return false
	}
	i, state, err := wholeNumber.Get(custom.Attributes{wholeNumber.Name(): value})
	if err != nil || state != custom.StateSet || v.OverflowInt(i) {
		return false
	}
	v.SetInt(i)
	return true
}
