package custom

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"
)

var errNotUTF8 = errors.New("is not valid UTF-8")

var (
	timeType          = reflect.TypeFor[time.Time]()
	numberType        = reflect.TypeFor[json.Number]()
	durationType      = reflect.TypeFor[time.Duration]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	textAppenderType  = reflect.TypeFor[encoding.TextAppender]()
)

var errDuration = errors.New("is a time.Duration, which would be sent as a number of nanoseconds: convert it to a number in the intended unit, such as Seconds()")

// checkLossless refuses values that encoding/json silently changes. encoding/json has already encoded v, so v contains
// no cycles.
//
// It checks maps, lists and pointers. In a struct it checks only text, because the author of the type has chosen how the
// rest is sent, such as bytes as base64. Since Go 1.27, encoding/json calls AppendText. Older versions encode the plain
// value, so both must be valid.
func checkLossless(v reflect.Value) error {
	if !v.IsValid() {
		return nil
	}
	switch t := v.Type(); {
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		return checkLossless(v.Elem())
	case t == timeType && v.Interface().(time.Time).IsZero():
		return errZeroTime
	case t == durationType:
		return errDuration
	case t == numberType && v.Len() == 0:
		return errors.New("is an empty json.Number, which would be sent as 0")
	case implements(v, marshalerType):
		return nil
	case implements(v, textMarshalerType):
		return checkText(v)
	case implements(v, textAppenderType) && checkText(v) != nil:
		return checkText(v)
	case v.Kind() == reflect.Struct:
		return checkFields(v)
	}
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return errNotUTF8
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			name := it.Key() // checked too, because two invalid names could be encoded as the same name
			if name.Kind() == reflect.String {
				name = reflect.ValueOf(name.String()) // encoding/json does not call methods of string keys
			}
			if err := cmp.Or(checkLossless(name), checkLossless(it.Value())); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		if isBytes(v) {
			return fmt.Errorf("is %s, which would be sent as base64: use json.RawMessage for JSON and string for text", v.Type())
		}
		for i := range v.Len() {
			if err := checkLossless(v.Index(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// implements reports whether encoding/json encodes v with a method of that interface.
func implements(v reflect.Value, by reflect.Type) bool {
	return v.Type().Implements(by) || v.CanAddr() && reflect.PointerTo(v.Type()).Implements(by)
}

// isBytes reports whether encoding/json encodes v as base64.
func isBytes(v reflect.Value) bool {
	if v.Kind() != reflect.Slice || v.IsNil() || v.Type().Elem().Kind() != reflect.Uint8 {
		return false
	}
	elem := reflect.PointerTo(v.Type().Elem())
	return !elem.Implements(marshalerType) && !elem.Implements(textMarshalerType)
}

// checkText checks the text that a value encodes itself as. It calls both methods, because encoding/json calls one or
// the other depending on the Go version.
func checkText(v reflect.Value) error {
	if v.CanAddr() {
		v = v.Addr()
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		if text, err := m.MarshalText(); err != nil || !utf8.Valid(text) {
			return cmp.Or(err, errNotUTF8)
		}
	}
	if a, ok := v.Interface().(encoding.TextAppender); ok {
		if text, err := a.AppendText(nil); err != nil || !utf8.Valid(text) {
			return cmp.Or(err, errNotUTF8)
		}
	}
	return nil
}

// checkFields checks the text in the exported fields of a struct, at any depth.
func checkFields(v reflect.Value) error {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		var err error
		switch {
		case t.Tag.Get("json") == "-":
		case t.IsExported():
			err = checkLossless(f)
		case t.Anonymous && f.Kind() == reflect.Struct: // encoding/json encodes its exported fields
			err = checkFields(f)
		}
		if errors.Is(err, errNotUTF8) {
			return err
		}
	}
	return nil
}
