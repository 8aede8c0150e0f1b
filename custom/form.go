package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// kinds are the words of a tag that say what an attribute holds.
var kinds = []string{"str", "txt", "num", "int", "decimal", "at", "bool", "url", "id", "tree", "raw"}

// A form is how a Go value of a certain type becomes the JSON of an attribute, and back. The zero form is none.
type form struct {
	suffix string
	write  func(reflect.Value) (json.RawMessage, error)
	read   func(json.RawMessage, reflect.Value) error
}

// formOf returns the form of one value of that kind in the Go type t, or none if t does not fit.
func formOf(kind string, t reflect.Type) form {
	switch number := t == numberType; {
	case t.Kind() == reflect.String && !number:
		return textForm(kind)
	case kind == "decimal" && !number, kind == "int" && !isInteger(t):
		return form{}
	case kind == "num" || kind == "int" || kind == "decimal":
		return numberForm(t)
	case kind == "bool" && t.Kind() == reflect.Bool:
		return form{"Bool",
			func(v reflect.Value) (json.RawMessage, error) { return encodeBool(v.Bool()) },
			reading(decodeBool, reflect.Value.SetBool)}
	case kind == "at" && t == timeType:
		return form{"At",
			func(v reflect.Value) (json.RawMessage, error) { return encodeTime(v.Interface().(time.Time)) },
			reading(decodeTime, func(v reflect.Value, t time.Time) { v.Set(reflect.ValueOf(t)) })}
	}
	return form{}
}

// checkPlain refuses types of which a field would not be sent as anybody expects: encoding/json asks a type that has methods for
// it what to write, and a field of the same type here would be sent as what it is beneath.
func checkPlain(t reflect.Type) error {
	switch t {
	case timeType, numberType:
		return nil
	case durationType:
		return errDuration
	}
	for _, method := range ownForm {
		if _, ok := reflect.PointerTo(t).MethodByName(method); ok {
			return fmt.Errorf("is of the Go type %s and has its own %s, which would be ignored: use a plain %s, or a custom.Value of the kind raw", t, method, t.Kind())
		}
	}
	return nil
}

// ownForm are the methods that encoding/json asks for, by name: the interfaces of the last three are asked from Go 1.27 on, and
// two of them do not exist before.
var ownForm = []string{
	"MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText", "MarshalJSONTo", "UnmarshalJSONFrom", "AppendText",
}

// reading makes the way back of a form from what decodes the JSON and what sets the value.
func reading[T any](decode func(json.RawMessage) (T, error), set func(reflect.Value, T)) func(json.RawMessage, reflect.Value) error {
	return func(raw json.RawMessage, v reflect.Value) error {
		t, err := decode(raw)
		if err != nil {
			return err
		}
		set(v, t)
		return nil
	}
}

func textForm(kind string) form {
	text := map[string]struct {
		suffix string
		encode func(string) (json.RawMessage, error)
	}{
		"str": {"Str", encodeStr}, "txt": {"Txt", encodeText}, "url": {"Url", encodeURL}, "id": {"Id", encodeID}, "tree": {"Tree", encodeTree},
	}[kind]
	if text.encode == nil {
		return form{}
	}
	return form{text.suffix,
		func(v reflect.Value) (json.RawMessage, error) { return text.encode(v.String()) },
		reading(decodeString, reflect.Value.SetString)}
}

func isInteger(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

// numberForm returns the form of a number, whatever Go type it has.
func numberForm(t reflect.Type) form {
	switch {
	case t == numberType:
		return form{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return encodeDecimal(json.Number(v.String())) },
			reading(decodeDecimal, func(v reflect.Value, n json.Number) { v.SetString(string(n)) })}
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		bits := t.Bits()
		return form{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return writeFloat(v.Float(), bits) },
			reading(func(raw json.RawMessage) (float64, error) { return float(raw, bits) }, reflect.Value.SetFloat)}
	case isInteger(t) && t.Kind() <= reflect.Int64:
		return form{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return encodeInt(v.Int()) },
			readInteger(t, func(s string) (int64, error) { return strconv.ParseInt(s, 10, t.Bits()) }, reflect.Value.SetInt)}
	case isInteger(t):
		return form{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return strconv.AppendUint(nil, v.Uint(), 10), nil },
			readInteger(t, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, t.Bits()) }, reflect.Value.SetUint)}
	}
	return form{}
}

func readInteger[T any](t reflect.Type, parse func(string) (T, error), set func(reflect.Value, T)) func(json.RawMessage, reflect.Value) error {
	return func(raw json.RawMessage, v reflect.Value) error {
		text, err := integer(raw)
		if err != nil {
			return err
		}
		n, err := parse(text)
		if err != nil {
			return fmt.Errorf("is a number that %s does not hold exactly", t)
		}
		set(v, n)
		return nil
	}
}

// list returns the form of lists of what f is the form of.
func (f form) list() form {
	return form{f.suffix,
		func(v reflect.Value) (json.RawMessage, error) {
			if v.IsNil() {
				return nil, errNilList
			}
			return encodeItems(v.Len(), func(i int) (json.RawMessage, error) { return f.write(v.Index(i)) })
		},
		func(raw json.RawMessage, v reflect.Value) error {
			items, err := decodeList(raw)
			if err != nil {
				return err
			}
			values := reflect.MakeSlice(v.Type(), len(items), len(items))
			err = each(items, func(i int, item json.RawMessage) error { return f.read(item, values.Index(i)) })
			if err == nil {
				v.Set(values)
			}
			return err
		}}
}

// rawForm returns the form of what is sent as it is; none if t is no type for that.
func rawForm(t reflect.Type) form {
	switch {
	case t == reflect.TypeFor[Value]():
		return form{
			write: func(v reflect.Value) (json.RawMessage, error) {
				value := v.Interface().(Value)
				return value.raw, value.Err()
			},
			read: func(raw json.RawMessage, v reflect.Value) error {
				v.Set(reflect.ValueOf(Value{raw: raw}))
				return nil
			}}
	case t == reflect.TypeFor[json.RawMessage]():
		return form{
			write: func(v reflect.Value) (json.RawMessage, error) { return encode(v.Interface()) },
			read: func(raw json.RawMessage, v reflect.Value) error {
				v.SetBytes(append([]byte(nil), raw...))
				return nil
			}}
	case t.Kind() == reflect.Interface && t.NumMethod() == 0:
		return form{
			write: func(v reflect.Value) (json.RawMessage, error) { return encode(v.Interface()) },
			read: func(raw json.RawMessage, v reflect.Value) error {
				if !formats.IsExact(raw) {
					return errNotExact
				}
				d := json.NewDecoder(strings.NewReader(string(raw)))
				d.UseNumber()
				var value any
				if err := d.Decode(&value); err != nil {
					return errors.New("is not valid JSON")
				}
				v.Set(reflect.ValueOf(&value).Elem())
				return nil
			}}
	}
	return form{}
}
