package schema

import (
	"cmp"
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
	fields []field // of a struct
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
	if o.v.Kind() == reflect.Map {
		v := o.v.MapIndex(reflect.ValueOf(name).Convert(o.v.Type().Key()))
		return v, v.IsValid()
	}
	for _, f := range o.fields {
		if f.name == name {
			v := o.v.Field(f.index)
			return v, !f.omitted(v)
		}
	}
	return reflect.Value{}, false
}

// len returns the number of properties that are present.
func (o object) len() int {
	if o.v.Kind() == reflect.Map {
		return o.v.Len()
	}
	n := 0
	for _, f := range o.fields {
		if !f.omitted(o.v.Field(f.index)) {
			n++
		}
	}
	return n
}

// names returns the sorted keys of a map. It returns nil for a struct, because its fields are fixed.
func (o object) names() []string {
	if o.v.Kind() != reflect.Map {
		return nil
	}
	names := make([]string, 0, o.v.Len())
	for it := o.v.MapRange(); it.Next(); {
		names = append(names, it.Key().String())
	}
	slices.Sort(names)
	return names
}

func (c *checker) object(s *Schema, v reflect.Value) {
	o, ok := objectOf(v)
	if !ok {
		c.add("must be an object")
		return
	}
	c.count(o.len(), s.MinProperties, s.MaxProperties, "fields")
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
		if !slices.ContainsFunc(s.Properties, func(p Property) bool { return p.Name == name }) {
			c.at(property(name), func() { c.other(s, o, name) })
		}
	}
	c.combined(s, v)
}

// other checks an entry of a map that is not among the properties.
func (c *checker) other(s *Schema, o object, name string) {
	if !s.Open {
		c.add("is not a field of this request")
		c.found[len(c.found)-1].Unknown = true
		return
	}
	if m, ok := o.v.Interface().(interface{ ErrOf(string) error }); ok {
		if err := m.ErrOf(name); err != nil {
			c.unsendable("%s", err)
			return
		}
	}
	v, _ := o.get(name)
	c.duplicateKeys(v)
}

// combined checks keywords that apply to the whole value. The schemas in AnyOf and Not have no type.
func (c *checker) combined(s *Schema, v reflect.Value) {
	if s.Kind == Any {
		if o, ok := objectOf(v); ok {
			c.count(o.len(), s.MinProperties, s.MaxProperties, "fields")
			for _, name := range s.Required {
				if _, ok := o.get(name); !ok {
					c.add("needs %s", name)
				}
			}
		}
	}
	if len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, func(a *Schema) bool { return holds(a, v) }) {
		c.add("%s", cmp.Or(s.Explain, "matches none of the allowed combinations"))
	}
	if s.Not != nil && holds(s.Not, v) {
		c.add("%s", cmp.Or(s.Explain, "has a combination that is not allowed"))
	}
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
	name                string
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

var known sync.Map // of reflect.Type to []field

// fieldsOf returns the struct fields that encoding/json encodes.
func fieldsOf(t reflect.Type) []field {
	if all, ok := known.Load(t); ok {
		return all.([]field)
	}
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			panic(fmt.Sprintf("schema: %s embeds %s, which no generated model does", t, f.Name))
		}
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		options := strings.Split(opts, ",")
		all = append(all, field{
			name: cmp.Or(name, f.Name), index: i, isZero: f.Type.Implements(zeroerType),
			omitEmpty: slices.Contains(options, "omitempty"), omitZero: slices.Contains(options, "omitzero"),
		})
	}
	known.Store(t, all)
	return all
}
