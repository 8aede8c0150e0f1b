package client

import (
	"encoding/json"
	"reflect"
	"strings"
)

var unmarshalerType = reflect.TypeFor[json.Unmarshaler]()

// decodesItself reports whether values of the type are decoded as a whole: by their own method, or as exact JSON.
func decodesItself(t reflect.Type) bool { return reflect.PointerTo(t).Implements(unmarshalerType) }

// fieldByJSON returns the field of a struct that has the name in JSON, or else one whose name differs in case alone.
func fieldByJSON(v reflect.Value, name string) reflect.Value {
	var folded reflect.Value
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		switch {
		case tag == "" || tag == "-":
		case tag == name:
			return v.Field(i)
		case !folded.IsValid() && strings.EqualFold(tag, name):
			folded = v.Field(i)
		}
	}
	return folded
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

func tokenKind(t json.Token) string {
	switch t.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
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
