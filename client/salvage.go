package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// A salvage reads a body value by value and keeps what it can. A value of another type than expected, and a literal
// that is not JSON, is noted and left as it was. Its methods return an error where the body cannot be read any further.
//
// It finds where values end by strings and brackets alone, so that values it skips may be nested to any depth.
// encoding/json decodes them.
type salvage struct {
	body  []byte
	pos   int
	path  []string
	found problems
}

var (
	errShort  = errors.New("it ends too early")
	errBroken = errors.New("it is not JSON")
)

// maxProblems bounds the error of a body that is wrong throughout; maxNested how deep it is followed.
const (
	maxProblems = 20
	maxNested   = 64
)

func (s *salvage) problem(format string, args ...any) {
	if len(s.found) < maxProblems {
		where := strings.Join(s.path, ".")
		s.found = append(s.found, fmt.Errorf("%s", strings.TrimSpace(where+" "+fmt.Sprintf(format, args...))))
	}
}

func (s *salvage) value(v reflect.Value) error {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	first := s.next()
	switch {
	case decodesItself(v.Type()) || len(s.path) > maxNested:
	case v.Kind() == reflect.Struct && first == '{':
		return s.fields(v)
	case v.Kind() == reflect.Map && first == '{':
		return s.entries(v)
	case v.Kind() == reflect.Slice && first == '[':
		return s.items(v)
	}
	raw, err := s.skip()
	if err != nil {
		return err
	}
	fresh := reflect.New(v.Type()) // a failure may leave anything behind
	fresh.Elem().Set(v)            // null may leave it as it is
	switch err := json.Unmarshal(raw, fresh.Interface()); {
	case err == nil:
		v.Set(fresh.Elem())
	case setInteger(v, raw):
	case !json.Valid(raw):
		s.problem("is not JSON")
	default:
		s.mismatch(jsonKind(first), v.Type())
		if v.Kind() == reflect.String && v.Len() == 0 && jsonKind(first) == "a number" {
			v.SetString(string(raw)) // such as an id, which is worth more than nothing
		}
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

// fields reads an object into a struct. A name that differs from a field's in case alone counts as long as the field's
// own name does not come. Of a name that comes twice, the last counts, as for json.Unmarshal.
func (s *salvage) fields(v reflect.Value) error {
	table := fieldsOf(v.Type())
	exact := make([]bool, v.NumField())
	return s.object(func(name string) error {
		i, isExact := table.find(name)
		if i < 0 || exact[i] && !isExact {
			_, err := s.skip()
			return err
		}
		f := v.Field(i)
		for f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		if isExact && !exact[i] {
			exact[i] = true
			f.SetZero() // of what another spelling has left
		}
		return s.value(f)
	})
}

func (s *salvage) entries(v reflect.Value) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return s.object(func(name string) error {
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
	i := -1
	return s.parts(']', func() error {
		i++
		before := len(s.found)
		elem := reflect.New(v.Type().Elem()).Elem()
		err := s.below(strconv.Itoa(i), func() error { return s.value(elem) })
		// A text that is none would be an empty one; half an object is better than none.
		if len(s.found) == before && err == nil || elem.Kind() == reflect.Struct {
			v.Set(reflect.Append(v, elem))
		}
		return err
	})
}
