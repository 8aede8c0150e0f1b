package client

import (
	"encoding"
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// validText reports whether all text in v is valid UTF-8: encoding/json writes U+FFFD in place of what is not, without an
// error. It has written v already, so nothing goes in circles here. What v writes as JSON itself is not looked at.
func validText(v reflect.Value) bool {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return true
	}
	self := v
	if v.CanAddr() {
		self = v.Addr() // has all methods
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
