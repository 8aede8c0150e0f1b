package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Marshal returns the attributes for the fields of a struct, or of a pointer to one. The tag of a field maps it to an
// attribute. Fields without a tag are ignored. Fields of embedded structs count as fields of the struct itself:
//
//	type Order struct {
//		Number   string       `kustomer:"orderNumberStr,omitzero"` // omitted when it is ""
//		Refund   *float64     `kustomer:"refundNum"`               // nil is omitted
//		ShipBy   *time.Time   `kustomer:"shipByAt,null"`           // nil clears the attribute
//		Price    json.Number  `kustomer:"price,decimal,omitzero"`  // priceNum
//		Products []string     `kustomer:"productsStr"`             // a list; nil is omitted
//		Other    custom.Value `kustomer:"other,raw,omitzero"`      // any JSON; the name is used unchanged
//	}
//
// One of these words in the tag names the kind, and all but raw add their suffix to the name. Without a word, the suffix
// of the name decides the kind:
//
//   - str, txt, url, id, tree: any string type
//   - num: any number type
//   - int: any integer type
//   - decimal: [json.Number]
//   - at: [time.Time]
//   - bool: any boolean type
//   - raw: [Value], [json.RawMessage] or any
//
// A field can also be a pointer to one of these types, or a slice for a list. A nil pointer, slice or interface is
// omitted; with the word null it clears the attribute. Other fields are always sent. The word omitzero omits their zero
// value.
//
// These are errors:
//
//   - A field or embedded struct whose type has methods such as MarshalJSON or UnmarshalText, because they would be
//     ignored. Such methods of the outer struct are ignored, because its tags decide.
//   - A [time.Duration], because a number has no unit.
//   - A tag whose key is one letter away from kustomer.
//   - A struct that has fields but no tags. A struct without fields gives empty attributes.
//
// Values are checked like those of the [Key] of their kind. The error joins a [*FieldError] for each invalid field, and
// Marshal then returns no attributes.
func Marshal(v any) (Attributes, error) {
	s := reflect.ValueOf(v)
	if s.Kind() == reflect.Pointer && !s.IsNil() {
		s = s.Elem()
	}
	if s.Kind() != reflect.Struct {
		return nil, fmt.Errorf("custom: Marshal takes a struct or a pointer to one, not %s", typeName(v))
	}
	l := layoutOf(s.Type())
	if l.err != nil {
		return nil, l.err
	}
	attrs := make(Attributes, len(l.fields))
	var errs []error
	for _, f := range l.fields {
		value, send, err := f.write(s.FieldByIndex(f.index))
		if err != nil {
			errs = append(errs, &FieldError{f.goName, f.name, err})
		} else if send {
			attrs[f.name] = value
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return attrs, nil
}

// write returns the attribute of a field, and false if it is omitted.
func (f *field) write(v reflect.Value) (Value, bool, error) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Interface:
		if v.IsNil() {
			return Value{raw: json.RawMessage("null")}, f.null, nil
		}
	}
	if f.omitZero && isZero(v) {
		return Value{}, false, nil
	}
	if f.pointer {
		v = v.Elem()
	}
	raw, err := f.codec.encode(v)
	return Value{raw: raw}, err == nil, err
}

// isZero implements the omitzero rule of encoding/json: it calls the IsZero method of the type if there is one. v is
// not nil.
func isZero(v reflect.Value) bool {
	receiver := v
	if v.Kind() != reflect.Pointer {
		receiver = reflect.New(v.Type()) // IsZero may have a pointer receiver
		receiver.Elem().Set(v)
	}
	if z, ok := receiver.Interface().(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return v.IsZero()
}

// Unmarshal sets the fields of the struct that v points to. The tags are those of [Marshal].
//
// A field stays unchanged if its attribute is absent. It is set to nil or its zero value if its attribute is null. It
// stays unchanged if it cannot hold the stored value exactly, such as a value that the organisation masks for this API
// key (assumed). The error joins a [*FieldError] for each such field; all other fields are set. Attributes without a
// field are ignored.
func Unmarshal(a Attributes, v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() || p.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("custom: Unmarshal takes a pointer to a struct, not %s", typeName(v))
	}
	l := layoutOf(p.Elem().Type())
	if l.err != nil {
		return l.err
	}
	var errs []error
	for _, f := range l.fields {
		if value, ok := a[f.name]; ok {
			if err := f.read(value, p.Elem().FieldByIndex(f.index)); err != nil {
				errs = append(errs, &FieldError{f.goName, f.name, err})
			}
		}
	}
	return errors.Join(errs...)
}

func (f *field) read(value Value, v reflect.Value) error {
	if err := value.missing(); err != nil {
		return err
	}
	if value.IsNull() {
		v.SetZero()
		return nil
	}
	to := v
	if f.pointer {
		to = reflect.New(v.Type().Elem()).Elem()
	}
	err := f.codec.decode(value.raw, to)
	if err == nil && f.pointer {
		v.Set(to.Addr())
	}
	return err
}

// typeName returns the type of v for an error message.
func typeName(v any) string {
	switch {
	case v == nil:
		return "nil"
	case reflect.TypeOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil():
		return fmt.Sprintf("a nil %T", v)
	}
	return fmt.Sprintf("%T", v)
}
