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

// kinds are the words in a tag that name the kind of an attribute.
var kinds = []string{"str", "txt", "num", "int", "decimal", "at", "bool", "url", "id", "tree", "raw"}

// A fieldCodec encodes struct fields of one Go type as the JSON of an attribute and decodes them. A zero fieldCodec
// means that the Go type does not fit.
type fieldCodec struct {
	suffix string
	encode func(reflect.Value) (json.RawMessage, error)
	decode func(json.RawMessage, reflect.Value) error
}

// fieldCodecFor returns the codec of one value of a kind in the Go type t. It returns a zero codec if t does not fit.
func fieldCodecFor(kind string, t reflect.Type) fieldCodec {
	switch number := t == numberType; {
	case t.Kind() == reflect.String && !number:
		return textCodec(kind)
	case kind == "decimal" && !number, kind == "int" && !isInteger(t):
		return fieldCodec{}
	case kind == "num" || kind == "int" || kind == "decimal":
		return numberCodec(t)
	case kind == "bool" && t.Kind() == reflect.Bool:
		return fieldCodec{"Bool",
			func(v reflect.Value) (json.RawMessage, error) { return encodeBool(v.Bool()) },
			decodeInto(decodeBool, reflect.Value.SetBool)}
	case kind == "at" && t == timeType:
		return fieldCodec{"At",
			func(v reflect.Value) (json.RawMessage, error) { return encodeTime(v.Interface().(time.Time)) },
			decodeInto(decodeTime, func(v reflect.Value, t time.Time) { v.Set(reflect.ValueOf(t)) })}
	}
	return fieldCodec{}
}

// checkPlain refuses types with their own marshal methods. encoding/json calls such methods, but this package encodes
// the plain value and would ignore them.
func checkPlain(t reflect.Type) error {
	switch t {
	case timeType, numberType:
		return nil
	case durationType:
		return errDuration
	}
	for _, method := range marshalMethods {
		if _, ok := reflect.PointerTo(t).MethodByName(method); ok {
			return fmt.Errorf("has the Go type %s with its own %s, which would be ignored: use a plain %s, or a custom.Value with the kind raw", t, method, t.Kind())
		}
	}
	return nil
}

// marshalMethods are the names of the methods that encoding/json calls. They are names rather than interfaces because
// encoding/json calls the last three only since Go 1.27, and two of their interfaces do not exist before.
var marshalMethods = []string{
	"MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText", "MarshalJSONTo", "UnmarshalJSONFrom", "AppendText",
}

// decodeInto combines a decode function and a setter into the decode function of a fieldCodec.
func decodeInto[T any](decode func(json.RawMessage) (T, error), set func(reflect.Value, T)) func(json.RawMessage, reflect.Value) error {
	return func(raw json.RawMessage, v reflect.Value) error {
		t, err := decode(raw)
		if err != nil {
			return err
		}
		set(v, t)
		return nil
	}
}

func textCodec(kind string) fieldCodec {
	text := map[string]struct {
		suffix string
		encode func(string) (json.RawMessage, error)
	}{
		"str": {"Str", encodeStr}, "txt": {"Txt", encodeText}, "url": {"Url", encodeURL}, "id": {"Id", encodeID}, "tree": {"Tree", encodeTree},
	}[kind]
	if text.encode == nil {
		return fieldCodec{}
	}
	return fieldCodec{text.suffix,
		func(v reflect.Value) (json.RawMessage, error) { return text.encode(v.String()) },
		decodeInto(decodeString, reflect.Value.SetString)}
}

func isInteger(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

// numberCodec returns the codec of a number in the Go type t.
func numberCodec(t reflect.Type) fieldCodec {
	switch {
	case t == numberType:
		return fieldCodec{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return encodeDecimal(json.Number(v.String())) },
			decodeInto(decodeDecimal, func(v reflect.Value, n json.Number) { v.SetString(string(n)) })}
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		bits := t.Bits()
		return fieldCodec{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return writeFloat(v.Float(), bits) },
			decodeInto(func(raw json.RawMessage) (float64, error) { return float(raw, bits) }, reflect.Value.SetFloat)}
	case isInteger(t) && t.Kind() <= reflect.Int64:
		return fieldCodec{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return encodeInt(v.Int()) },
			readInteger(t, func(s string) (int64, error) { return strconv.ParseInt(s, 10, t.Bits()) }, reflect.Value.SetInt)}
	case isInteger(t):
		return fieldCodec{"Num",
			func(v reflect.Value) (json.RawMessage, error) { return strconv.AppendUint(nil, v.Uint(), 10), nil },
			readInteger(t, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, t.Bits()) }, reflect.Value.SetUint)}
	}
	return fieldCodec{}
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

// list returns the codec of a list of the values that f handles.
func (f fieldCodec) list() fieldCodec {
	return fieldCodec{f.suffix,
		func(v reflect.Value) (json.RawMessage, error) {
			if v.IsNil() {
				return nil, errNilList
			}
			return encodeItems(v.Len(), func(i int) (json.RawMessage, error) { return f.encode(v.Index(i)) })
		},
		func(raw json.RawMessage, v reflect.Value) error {
			items, err := decodeList(raw)
			if err != nil {
				return err
			}
			values := reflect.MakeSlice(v.Type(), len(items), len(items))
			err = eachItem(items, func(i int, item json.RawMessage) error { return f.decode(item, values.Index(i)) })
			if err == nil {
				v.Set(values)
			}
			return err
		}}
}

// rawCodec returns the codec of values that are sent unchanged. It returns a zero codec if t does not fit.
func rawCodec(t reflect.Type) fieldCodec {
	switch {
	case t == reflect.TypeFor[Value]():
		return fieldCodec{
			encode: func(v reflect.Value) (json.RawMessage, error) {
				value := v.Interface().(Value)
				return value.raw, value.Err()
			},
			decode: func(raw json.RawMessage, v reflect.Value) error {
				v.Set(reflect.ValueOf(Value{raw: raw}))
				return nil
			}}
	case t == reflect.TypeFor[json.RawMessage]():
		return fieldCodec{
			encode: func(v reflect.Value) (json.RawMessage, error) { return encode(v.Interface()) },
			decode: func(raw json.RawMessage, v reflect.Value) error {
				v.SetBytes(append([]byte(nil), raw...))
				return nil
			}}
	case t.Kind() == reflect.Interface && t.NumMethod() == 0:
		return fieldCodec{
			encode: func(v reflect.Value) (json.RawMessage, error) { return encode(v.Interface()) },
			decode: func(raw json.RawMessage, v reflect.Value) error {
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
	return fieldCodec{}
}
