package custom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

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

// fieldCodecOf returns the codec of all Go types that can be converted to T and back.
func fieldCodecOf[T any](suffix string, encode func(T) (json.RawMessage, error), decode func(json.RawMessage) (T, error)) fieldCodec {
	return fieldCodec{suffix,
		func(v reflect.Value) (json.RawMessage, error) {
			return encode(v.Convert(reflect.TypeFor[T]()).Interface().(T))
		},
		func(raw json.RawMessage, v reflect.Value) error {
			t, err := decode(raw)
			if err == nil {
				v.Set(reflect.ValueOf(&t).Elem().Convert(v.Type()))
			}
			return err
		}}
}

var textCodecs = map[string]fieldCodec{
	"str":  fieldCodecOf("Str", encodeStr, decodeString),
	"txt":  fieldCodecOf("Txt", encodeText, decodeString),
	"url":  fieldCodecOf("Url", encodeURL, decodeString),
	"id":   fieldCodecOf("Id", encodeID, decodeString),
	"tree": fieldCodecOf("Tree", encodeTree, decodeString),
}

// fieldCodecFor returns the codec of one value of a kind in the Go type t. It returns a zero codec if t does not fit.
func fieldCodecFor(kind string, t reflect.Type) fieldCodec {
	isInt := reflect.Int <= t.Kind() && t.Kind() <= reflect.Int64
	isUint := reflect.Uint <= t.Kind() && t.Kind() <= reflect.Uint64
	switch {
	case t == numberType && (kind == "num" || kind == "decimal"):
		return fieldCodecOf("Num", encodeDecimal, decodeDecimal)
	case t.Kind() == reflect.String && t != numberType:
		return textCodecs[kind]
	case t.Kind() == reflect.Bool && kind == "bool":
		return fieldCodecOf("Bool", encodeBool, decodeBool)
	case t == timeType && kind == "at":
		return fieldCodecOf("At", encodeTime, decodeTime)
	case (t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64) && kind == "num":
		return fieldCodecOf("Num",
			func(f float64) (json.RawMessage, error) { return writeFloat(f, t.Bits()) },
			func(raw json.RawMessage) (float64, error) { return readFloat(raw, t.Bits()) })
	case isInt && (kind == "num" || kind == "int"):
		return fieldCodecOf("Num", encodeInt,
			func(raw json.RawMessage) (int64, error) { return readInteger(raw, t, strconv.ParseInt) })
	case isUint && (kind == "num" || kind == "int"):
		return fieldCodecOf("Num",
			func(n uint64) (json.RawMessage, error) { return strconv.AppendUint(nil, n, 10), nil },
			func(raw json.RawMessage) (uint64, error) { return readInteger(raw, t, strconv.ParseUint) })
	}
	return fieldCodec{}
}

// rawCodec returns the codec of values that are sent unchanged. It returns a zero codec if t does not fit.
func rawCodec(t reflect.Type) fieldCodec {
	switch {
	case t == reflect.TypeFor[Value]():
		return fieldCodecOf("",
			func(v Value) (json.RawMessage, error) { return v.raw, v.Err() },
			func(raw json.RawMessage) (Value, error) { return Value{raw: raw}, nil })
	case t == reflect.TypeFor[json.RawMessage]():
		return fieldCodecOf("",
			func(m json.RawMessage) (json.RawMessage, error) { return encode(m) },
			func(raw json.RawMessage) (json.RawMessage, error) { return bytes.Clone(raw), nil })
	case t.Kind() == reflect.Interface && t.NumMethod() == 0:
		return fieldCodecOf("", encode, decodeAny)
	}
	return fieldCodec{}
}

func decodeAny(raw json.RawMessage) (any, error) {
	if !formats.IsExact(raw) {
		return nil, errNotExact
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
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
			err = eachItem(len(items), func(i int) error { return f.decode(items[i], values.Index(i)) })
			if err == nil {
				v.Set(values)
			}
			return err
		}}
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

// marshalMethods are the names of the methods that encoding/json calls, the last three only since Go 1.27. They are names
// rather than interfaces, because two of the interfaces do not exist in Go 1.26.
var marshalMethods = []string{
	"MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText", "MarshalJSONTo", "UnmarshalJSONFrom", "AppendText",
}
