package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A lenientDecoder decodes a body value by value and keeps what it can. If a value has another type than expected, or is not
// JSON, it notes an error and leaves the field as it was. Its methods return an error if they cannot read any further.
//
// It finds the end of a value by strings and brackets only, so values that it skips may be nested to any depth. encoding/json
// decodes the values.
type lenientDecoder struct {
	body []byte
	pos  int
	path []string // of the current value
	errs errorList
}

var (
	errShort  = errors.New("it ends too early")
	errBroken = errors.New("it is not JSON")
)

const (
	maxDecodeErrors = 20 // that are listed
	maxNested       = 64 // levels that are decoded one by one
)

// decodeLeniently decodes body into what v points to. [json.Unmarshal] stops at a value of another type, or at the end of a
// body that is cut off. decodeLeniently keeps everything that can be decoded, and returns an error that names the rest.
func decodeLeniently(body []byte, v any) error {
	err := unmarshal(body, v)
	if err == nil {
		return nil
	}
	reflect.ValueOf(v).Elem().SetZero() // how much json.Unmarshal has decoded depends on the version of Go
	return decodeAfter(err, body, v)
}

// decodeAfter is decodeLeniently after unmarshal has failed with an error. v points to a zero value.
func decodeAfter(failed error, body []byte, v any) error {
	d := lenientDecoder{body: body}
	err := d.value(reflect.ValueOf(v))
	syntax, isSyntax := errors.AsType[*json.SyntaxError](failed)
	switch {
	case errors.Is(err, errShort):
		d.errs = append(d.errs, errShort)
	case err == nil && d.next() != 0:
		d.errs = append(d.errs, errors.New("there is more after the end of its JSON"))
	case isSyntax:
		d.errs = append(d.errs, fmt.Errorf("it is not the JSON that was expected: %w", syntax))
	}
	return d.errs.err()
}

func (d *lenientDecoder) note(format string, args ...any) {
	if len(d.errs) < maxDecodeErrors {
		where := strings.Join(d.path, ".")
		d.errs = append(d.errs, fmt.Errorf("%s", strings.TrimSpace(where+" "+fmt.Sprintf(format, args...))))
	}
}

func (d *lenientDecoder) value(v reflect.Value) error {
	first := d.next()
	for v.Kind() == reflect.Pointer && !(v.IsNil() && d.inParts(v.Type().Elem(), first) == nil) {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if decode := d.inParts(v.Type(), first); decode != nil {
		return decode(v)
	}
	raw, err := d.skip()
	if err != nil {
		return err
	}
	fresh := reflect.New(v.Type()) // a failure may leave any value
	fresh.Elem().Set(v)            // null may leave the value unchanged
	switch err := json.Unmarshal(raw, fresh.Interface()); {
	case err == nil:
		v.Set(fresh.Elem())
	case setInteger(v, raw):
	case !json.Valid(raw):
		d.note("is not JSON")
	default:
		switch got, want := jsonKind(first), goKind(v.Type()); {
		case got != want:
			d.note("is %s, not %s", got, want)
		case v.Kind() == reflect.Struct && !decodesItself(v.Type()):
			d.note("does not fit: %v", err)
			v.Set(fresh.Elem()) // what encoding/json has decoded
		default:
			d.note("is %s that does not fit", got)
		}
		if v.Kind() == reflect.String && v.Len() == 0 && jsonKind(first) == "a number" {
			v.SetString(string(raw)) // such as an id that is a number
		}
	}
	return nil
}

// inParts returns the method that decodes a value, which begins with first, into a type part by part. It is nil for a value that is
// decoded as a whole.
func (d *lenientDecoder) inParts(t reflect.Type, first byte) func(reflect.Value) error {
	switch {
	case decodesItself(t) || len(d.path) > maxNested:
	case t.Kind() == reflect.Struct && first == '{' && fieldsOf(t) != nil:
		return d.fields
	case t.Kind() == reflect.Map && first == '{' && t.Key().Kind() == reflect.String:
		return d.entries
	case t.Kind() == reflect.Slice && first == '[':
		return d.items
	}
	return nil
}

// fields decodes an object into a struct. A name that differs from a field's name only in case counts until the exact name
// comes. If a name comes twice, the last value counts, as for json.Unmarshal.
func (d *lenientDecoder) fields(v reflect.Value) error {
	table := fieldsOf(v.Type())
	exact := make([]bool, v.NumField())
	return d.object(func(name string) error {
		i, isExact := table.find(name)
		if i < 0 || exact[i] && !isExact {
			_, err := d.skip()
			return err
		}
		f := v.Field(i)
		if isExact && !exact[i] {
			exact[i] = true
			f.SetZero() // discard the value of a name in another case
		}
		return d.value(f)
	})
}

func (d *lenientDecoder) entries(v reflect.Value) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return d.object(func(name string) error {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(elem); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), elem)
		return nil
	})
}

func (d *lenientDecoder) items(v reflect.Value) error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	i := -1
	return d.parts(']', func() error {
		i++
		before := len(d.errs)
		elem := reflect.New(v.Type().Elem()).Elem()
		err := d.at(strconv.Itoa(i), func() error { return d.value(elem) })
		// Keep an incomplete object, but do not add an empty text for an invalid one.
		if len(d.errs) == before && err == nil || elem.Kind() == reflect.Struct {
			v.Set(reflect.Append(v, elem))
		}
		return err
	})
}

// at reads the value of a name or an index, by which errors name it.
func (d *lenientDecoder) at(name string, read func() error) error {
	d.path = append(d.path, name)
	err := read()
	d.path = d.path[:len(d.path)-1]
	return err
}

// object reads an object. It calls read for the value of each name.
func (d *lenientDecoder) object(read func(name string) error) error {
	return d.parts('}', func() error {
		if d.next() != '"' {
			return errBroken
		}
		raw, err := d.skip()
		if err != nil {
			return err
		}
		name := string(raw[1 : len(raw)-1])
		if (strings.Contains(name, `\`) || !utf8.ValidString(name)) && json.Unmarshal(raw, &name) != nil {
			return errBroken
		}
		switch d.next() {
		case ':':
			d.pos++
			return d.at(name, func() error { return read(name) })
		case 0:
			return errShort
		}
		return errBroken
	})
}

// parts reads an object or a list up to its end. It calls read for each member or element.
func (d *lenientDecoder) parts(end byte, read func() error) error {
	d.pos++ // the opening bracket
	for {
		switch d.next() {
		case 0:
			return errShort
		case end:
			d.pos++
			return nil
		case ',':
			d.pos++
		default:
			if err := read(); err != nil {
				return err
			}
		}
	}
}

// next skips blanks and returns the next byte, or 0 at the end.
func (d *lenientDecoder) next() byte {
	for ; d.pos < len(d.body); d.pos++ {
		switch c := d.body[d.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// skip reads the next value and returns it undecoded.
func (d *lenientDecoder) skip() ([]byte, error) {
	d.next()
	rest := d.body[d.pos:]
	n := valueLen(rest)
	if n < 0 && len(d.path) == 0 && json.Valid(rest) {
		n = len(rest) // the body is one literal
	}
	switch {
	case n < 0:
		return nil, errShort
	case n == 0:
		return nil, errBroken
	}
	d.pos += n
	return rest[:n], nil
}

// valueLen returns the length of the value that body begins with: 0 if no value begins there, -1 if it has no end.
func valueLen(body []byte) int {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"', '{', '[':
			if depth == 0 && i > 0 {
				return i // the end of a literal
			}
			if body[i] != '"' {
				depth++
			} else if i = stringEnd(body, i); i < 0 {
				return -1
			} else if depth == 0 {
				return i + 1
			}
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// stringEnd returns the index of the closing quote of the string that begins at i, or -1.
func stringEnd(body []byte, i int) int {
	for i++; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
