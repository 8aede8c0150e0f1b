package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// A salvage reads a body value by value. Its methods return an error when the body cannot be read any further; what
// merely has another type than expected is noted and left as it was. Of names that differ in case alone, and of names
// that come twice, it makes what json.Unmarshal does.
type salvage struct {
	dec   *json.Decoder
	path  []string
	found problems
}

// maxProblems bounds the error of a body that is wrong throughout.
const maxProblems = 20

func (s *salvage) problem(format string, args ...any) {
	if len(s.found) < maxProblems {
		where := strings.Join(s.path, ".")
		s.found = append(s.found, fmt.Errorf("%s", strings.TrimSpace(where+" "+fmt.Sprintf(format, args...))))
	}
}

func (s *salvage) value(v reflect.Value) error {
	switch {
	case v.Kind() == reflect.Pointer:
		return s.value(v.Elem())
	case decodesItself(v.Type()):
	case v.Kind() == reflect.Struct:
		return s.composite(v, '{', s.fields)
	case v.Kind() == reflect.Map:
		return s.composite(v, '{', s.entries)
	case v.Kind() == reflect.Slice:
		return s.composite(v, '[', s.items)
	}
	var raw json.RawMessage
	if err := s.dec.Decode(&raw); err != nil {
		return err
	}
	// Into a new value, for a failure may leave anything behind.
	fresh := reflect.New(v.Type())
	if json.Unmarshal(raw, fresh.Interface()) != nil {
		s.mismatch(jsonKind(raw[0]), v.Type())
		return nil
	}
	if string(raw) != "null" || decodesItself(v.Type()) {
		v.Set(fresh.Elem())
	}
	return nil
}

// composite reads an object or array into v by parts, unless something else is there.
func (s *salvage) composite(v reflect.Value, open json.Delim, parts func(reflect.Value) error) error {
	token, err := s.dec.Token()
	if err != nil {
		return err
	}
	switch d, isDelim := token.(json.Delim); {
	case isDelim && d == open:
		if err := parts(v); err != nil {
			return err
		}
		_, err = s.dec.Token()
		return err
	case isDelim:
		s.mismatch(jsonKind(byte(d)), v.Type())
		return s.skip(1)
	case token != nil:
		s.mismatch(tokenKind(token), v.Type())
	}
	return nil
}

func (s *salvage) mismatch(is string, want reflect.Type) {
	if is == goKind(want) {
		s.problem("is %s that does not fit", is)
		return
	}
	s.problem("is %s, not %s", is, goKind(want))
}

// skip reads to the end of a value, or of as many objects and arrays as have begun. Unlike a whole value, tokens may be
// nested to any depth.
func (s *salvage) skip(depth int) error {
	for {
		token, err := s.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func (s *salvage) fields(v reflect.Value) error {
	return s.each(func(name string) error {
		if f := fieldByJSON(v, name); f.IsValid() {
			return s.value(f)
		}
		return s.skip(0)
	})
}

func (s *salvage) entries(v reflect.Value) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return s.each(func(name string) error {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := s.value(elem); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), elem)
		return nil
	})
}

func (s *salvage) items(v reflect.Value) error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for i := 0; s.dec.More(); i++ {
		before := len(s.found)
		elem := reflect.New(v.Type().Elem()).Elem()
		s.path = append(s.path, strconv.Itoa(i))
		err := s.value(elem)
		s.path = s.path[:len(s.path)-1]
		// A text that is none would be an empty one; half an object is better than none.
		if len(s.found) == before && err == nil || elem.Kind() == reflect.Struct {
			v.Set(reflect.Append(v, elem))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// each reads the names of an object and lets read take the value of each.
func (s *salvage) each(read func(name string) error) error {
	for s.dec.More() {
		token, err := s.dec.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return errors.New("a name is missing")
		}
		s.path = append(s.path, name)
		if err := read(name); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
	}
	return nil
}
