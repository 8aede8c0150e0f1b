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

var errDuration = errors.New("is a time.Duration, which would be sent as a number of nanoseconds: use a number in the unit that is meant, such as Seconds()")

// checkKept refuses what encoding/json writes as something else without an error. v is what it has written already,
// so nothing here goes in circles.
//
// It looks into maps, lists and pointers. A struct is written as its type says, its bytes as base64 too; only its
// text is looked at. A type that has AppendText and nothing else of its own is written by that from Go 1.27 on, and as the
// plain value before: both have to be right.
func checkKept(v reflect.Value) error {
	if !v.IsValid() {
		return nil
	}
	switch t := v.Type(); {
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		return checkKept(v.Elem())
	case t == timeType:
		if v.Interface().(time.Time).IsZero() {
			return errors.New("must be set: it is Go's zero time")
		}
		return nil
	case t == durationType:
		return errDuration
	case t == numberType:
		if v.Len() == 0 {
			return errors.New("is an empty json.Number, which would be sent as 0")
		}
		return nil
	case writesItself(v, marshalerType):
		return nil
	case writesItself(v, textMarshalerType):
		return checkText(v)
	case writesItself(v, textAppenderType) && checkText(v) != nil:
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
			name := it.Key() // two bad ones could become one
			if name.Kind() == reflect.String {
				name = reflect.ValueOf(name.String()) // its methods are not asked
			}
			if err := cmp.Or(checkKept(name), checkKept(it.Value())); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		if isBytes(v) {
			return fmt.Errorf("is %s, which would be sent as base64: use json.RawMessage for JSON and string for text", v.Type())
		}
		for i := range v.Len() {
			if err := checkKept(v.Index(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// writesItself reports whether encoding/json asks v for its JSON by that interface.
func writesItself(v reflect.Value, by reflect.Type) bool {
	return v.Type().Implements(by) || v.CanAddr() && reflect.PointerTo(v.Type()).Implements(by)
}

// isBytes reports whether encoding/json writes v as base64.
func isBytes(v reflect.Value) bool {
	if v.Kind() != reflect.Slice || v.IsNil() || v.Type().Elem().Kind() != reflect.Uint8 {
		return false
	}
	elem := reflect.PointerTo(v.Type().Elem())
	return !elem.Implements(marshalerType) && !elem.Implements(textMarshalerType)
}

// checkText checks what a value writes of itself, by each of the methods that encoding/json asks in one version of Go or another.
func checkText(v reflect.Value) error {
	if v.CanAddr() {
		v = v.Addr()
	}
	var text, appended []byte
	var err, appendErr error
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err = m.MarshalText()
	}
	if a, ok := v.Interface().(encoding.TextAppender); ok {
		appended, appendErr = a.AppendText(nil)
	}
	if !utf8.Valid(text) || !utf8.Valid(appended) {
		return errNotUTF8
	}
	return cmp.Or(err, appendErr)
}

// checkFields checks the text in the exported fields of a struct, at any depth.
func checkFields(v reflect.Value) error {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		var err error
		switch {
		case t.Tag.Get("json") == "-":
		case t.IsExported():
			err = checkKept(f)
		case t.Anonymous && f.Kind() == reflect.Struct: // its exported fields are written
			err = checkFields(f)
		}
		if errors.Is(err, errNotUTF8) {
			return err
		}
	}
	return nil
}
