package custom

import (
	"errors"
	"fmt"
	"reflect"
)

// Marshal returns the attributes that the fields of a struct, or of a pointer to one, stand for. A field is mapped by its
// tag; fields without one are left out, those of embedded structs count as the struct's own:
//
//	type Order struct {
//		Number   string       `kustomer:"orderNumberStr,omitzero"` // not sent while it is ""
//		Refund   *float64     `kustomer:"refundNum"`               // nil is not sent
//		ShipBy   *time.Time   `kustomer:"shipByAt,null"`           // nil clears the attribute
//		Price    json.Number  `kustomer:"price,decimal,omitzero"`  // priceNum
//		Products []string     `kustomer:"productsStr"`             // a list; nil is not sent
//		Other    custom.Value `kustomer:"other,raw,omitzero"`      // any JSON, and the name as it is
//	}
//
// The kind is told by the suffix of the name, or by one of the words str, txt, num, int, decimal, at, bool, url, id, tree and
// raw, which add their suffix. It has to fit the field: text is a string type; num any number; int an integer; decimal a
// [json.Number]; at a [time.Time]; raw a [Value], [json.RawMessage] or any. A pointer to one of these, or a slice for a list,
// is nil when there is nothing to send, or, with the word null, to clear the attribute. Other fields are always sent, unless
// the word omitzero leaves their zero value out.
//
// A field or embedded struct whose type writes or reads itself, by MarshalJSON, MarshalText or their counterparts, is refused:
// whether its own form or the plain value beneath it is meant, only the caller knows. Such methods of the struct itself are not
// asked: its tags say what is sent. Refused too is a [time.Duration], which has no unit as a number. A tag whose
// key is one letter away from kustomer is an error, and so is a struct that has fields and no tag at all; one without any
// field, as of an organisation that has defined nothing, gives empty attributes.
//
// Values are held to what the key of that kind asks for. The error joins a [*FieldError] for each field that is wrong,
// and no attributes are returned with it.
func Marshal(v any) (Attributes, error) {
	s := reflect.ValueOf(v)
	if s.Kind() == reflect.Pointer && !s.IsNil() {
		s = s.Elem()
	}
	if s.Kind() != reflect.Struct {
		return nil, fmt.Errorf("custom: Marshal takes a struct or a pointer to one, not %s", described(v))
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

// write returns the attribute of a field, and false if it is not sent.
func (f *field) write(v reflect.Value) (Value, bool, error) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Interface:
		if v.IsNil() {
			return Value{raw: jsonNull}, f.null, nil
		}
	}
	if f.omitZero && isZero(v) {
		return Value{}, false, nil
	}
	if f.pointer {
		v = v.Elem()
	}
	raw, err := f.form.write(v)
	return Value{raw: raw}, err == nil, err
}

// isZero is what encoding/json means by omitzero: the type's own word if it has one, as [time.Time] has. v is not nil.
func isZero(v reflect.Value) bool {
	asked := v
	if v.Kind() != reflect.Pointer {
		asked = reflect.New(v.Type()) // the method may be that of the pointer
		asked.Elem().Set(v)
	}
	if z, ok := asked.Interface().(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return v.IsZero()
}

// Unmarshal sets the fields of the struct that v points to from attributes. The tags are those of [Marshal].
//
// A field whose attribute is absent stays as it is. One whose attribute is null is set to nil or, if it can be none, to its
// zero value. One whose attribute does not fit exactly, as where an organisation masks what the API key may not see
// (assumed), stays as it is and is named in the error, which joins a [*FieldError] for each; all other fields are set.
// Attributes without a field are ignored.
func Unmarshal(a Attributes, v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() || p.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("custom: Unmarshal takes a pointer to a struct, not %s", described(v))
	}
	l := layoutOf(p.Elem().Type())
	if l.err != nil {
		return l.err
	}
	var errs []error
	for _, f := range l.fields {
		value, ok := a[f.name]
		if !ok {
			continue
		}
		if err := f.read(value, p.Elem().FieldByIndex(f.index)); err != nil {
			errs = append(errs, &FieldError{f.goName, f.name, err})
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
	if !f.pointer {
		return f.form.read(value.raw, v)
	}
	to := reflect.New(v.Type().Elem())
	if err := f.form.read(value.raw, to.Elem()); err != nil {
		return err
	}
	v.Set(to)
	return nil
}

// described names what v is, without its value.
func described(v any) string {
	switch {
	case v == nil:
		return "nil"
	case reflect.TypeOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil():
		return fmt.Sprintf("a nil %T", v)
	}
	return fmt.Sprintf("%T", v)
}
