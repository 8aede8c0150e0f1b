package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	timeType   = reflect.TypeFor[time.Time]()
	numberType = reflect.TypeFor[json.Number]()
	zeroerType = reflect.TypeFor[zeroer]()
)

type zeroer interface{ IsZero() bool }

// An object is a JSON object in one of its Go forms: a struct, or a map with string keys.
type object struct {
	v      reflect.Value
	fields *fields // nil for a map
}

func objectOf(v reflect.Value) (object, bool) {
	switch {
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return object{v: v}, true
	case v.Kind() == reflect.Struct && v.Type() != timeType:
		return object{v, fieldsOf(v.Type())}, true
	}
	return object{}, false
}

// get returns the named property, and false if it is absent.
func (o object) get(name string) (reflect.Value, bool) {
	if o.fields == nil {
		v := o.v.MapIndex(reflect.ValueOf(name).Convert(o.v.Type().Key()))
		return v, v.IsValid()
	}
	i, ok := o.fields.byName[name]
	if !ok {
		return reflect.Value{}, false
	}
	f := o.fields.all[i]
	v := o.v.Field(f.index)
	return v, !f.omitted(v)
}

// len returns the number of properties that are present.
func (o object) len() int {
	if o.fields == nil {
		return o.v.Len()
	}
	n := 0
	for _, f := range o.fields.all {
		if !f.omitted(o.v.Field(f.index)) {
			n++
		}
	}
	return n
}

// names returns the sorted keys of a map. It returns nil for a struct, because its fields are fixed.
func (o object) names() []string {
	if o.fields != nil {
		return nil
	}
	names := make([]string, 0, o.v.Len())
	for it := o.v.MapRange(); it.Next(); {
		names = append(names, it.Key().String())
	}
	slices.Sort(names)
	return names
}

// errOf returns the error of a map entry if the map reports errors.
func (o object) errOf(name string) error {
	if e, ok := o.v.Interface().(interface{ ErrOf(string) error }); ok {
		return e.ErrOf(name)
	}
	return nil
}

func (c *checker) object(s *Schema, v reflect.Value) {
	o, ok := objectOf(v)
	if !ok {
		c.add("must be an object")
		return
	}
	c.size(s, o)
	for _, name := range s.Required {
		if _, ok := o.get(name); !ok {
			c.at(property(name), func() { c.add("must be set") })
		}
	}
	for _, p := range s.Properties {
		if v, ok := o.get(p.Name); ok {
			c.at(property(p.Name), func() { c.value(p.Schema, v) })
		}
	}
	for _, name := range o.names() {
		if slices.ContainsFunc(s.Properties, func(p Property) bool { return p.Name == name }) {
			continue
		}
		c.at(property(name), func() {
			if !s.Open {
				c.add("is not a field of this request")
				c.found[len(c.found)-1].Unknown = true
			} else if err := o.errOf(name); err != nil {
				c.unsendable("%s", err)
			} else if v, ok := o.get(name); ok {
				c.duplicateKeys(v)
			}
		})
	}
	c.combined(s, v)
}

// combined checks keywords that apply to the whole value. The schemas in AnyOf and Not have no type.
func (c *checker) combined(s *Schema, v reflect.Value) {
	if s.Kind == Any {
		if o, ok := objectOf(v); ok {
			c.size(s, o)
			for _, name := range s.Required {
				if _, ok := o.get(name); !ok {
					c.add("needs %s", name)
				}
			}
		}
	}
	if len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, func(a *Schema) bool { return holds(a, v) }) {
		c.add("%s", s.explanation("matches none of the allowed combinations"))
	}
	if s.Not != nil && holds(s.Not, v) {
		c.add("%s", s.explanation("has a combination that is not allowed"))
	}
}

func (c *checker) size(s *Schema, o object) {
	if s.MinProperties == 0 && s.MaxProperties == 0 {
		return
	}
	c.count(o.len(), s.MinProperties, s.MaxProperties, "fields")
}

// deref follows pointers, interfaces and nullable values, and reports whether the value is null.
func deref(v reflect.Value) (reflect.Value, bool) {
	for {
		switch {
		case !v.IsValid():
			return v, true
		case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
			if v.IsNil() {
				return v, true
			}
			v = v.Elem()
		case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.Bool:
			// nullable.Nullable is a map: the key true holds the value, the key false means null.
			if v.MapIndex(reflect.ValueOf(false)).IsValid() {
				return v, true
			}
			v = v.MapIndex(reflect.ValueOf(true))
		case (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.IsNil():
			return v, true
		default:
			return v, false
		}
	}
}

// A field holds how encoding/json encodes a struct field.
type field struct {
	index               int
	omitEmpty, omitZero bool
	isZero              bool // its type has the method IsZero
}

func (f field) omitted(v reflect.Value) bool {
	if f.omitZero && (v.IsZero() || f.isZero && v.Interface().(zeroer).IsZero()) {
		return true
	}
	if !f.omitEmpty {
		return false
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// fields holds the struct fields that encoding/json encodes.
type fields struct {
	all    []field
	byName map[string]int // index in all by JSON name
}

var known sync.Map // of reflect.Type to *fields

func fieldsOf(t reflect.Type) *fields {
	if m, ok := known.Load(t); ok {
		return m.(*fields)
	}
	m := &fields{byName: make(map[string]int, t.NumField())}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			panic(fmt.Sprintf("schema: %s embeds %s, which no generated model does", t, f.Name))
		}
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		all := strings.Split(opts, ",")
		m.byName[name] = len(m.all)
		m.all = append(m.all, field{i, slices.Contains(all, "omitempty"), slices.Contains(all, "omitzero"), f.Type.Implements(zeroerType)})
	}
	actual, _ := known.LoadOrStore(t, m)
	return actual.(*fields)
}
