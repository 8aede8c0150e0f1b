package schema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// A Violation is one way in which a value breaks a schema.
type Violation struct {
	Field   string // location, such as "tags[2]" or "custom.orderNumberStr"; root for the whole value
	Message string // what is wrong, such as "must be at least 1"
	// Unsendable means that JSON cannot hold the value or would change it. No server could accept it.
	Unsendable bool
	// Unknown means that the schema has no such property.
	Unknown bool
}

// Check returns the violations of s in v, in the order of the schema. root names v in the violations.
//
// v is a decoded JSON body, with or without UseNumber, or a Go value to be encoded by encoding/json. The fields of a Go
// struct follow its json tags: omitempty and omitzero make a field absent.
//
// A map can report its own invalid entries with a method ErrOf(name string) error. A map entry with the method Raw()
// json.RawMessage is checked for objects with duplicate keys.
func Check(s *Schema, root string, v any) []Violation {
	c := checker{root: root}
	c.value(s, reflect.ValueOf(v))
	return c.found
}

// FormatNumber formats a bound without an exponent.
func FormatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

type checker struct {
	root   string
	path   []segment
	found  []Violation
	silent bool // count violations, but do not describe them
}

// A segment is a part of a path: a property's name, which may be empty, or an index.
type segment struct {
	name   string
	index  int
	isItem bool // use index, not name
}

func property(name string) segment { return segment{name: name} }

func item(i int) segment { return segment{index: i, isItem: true} }

func (c *checker) add(format string, args ...any) {
	if c.silent {
		c.found = append(c.found, Violation{})
		return
	}
	c.found = append(c.found, Violation{Field: c.field(), Message: fmt.Sprintf(format, args...)})
}

func (c *checker) unsendable(format string, args ...any) {
	c.add(format, args...)
	c.found[len(c.found)-1].Unsendable = true
}

// count checks a number of things. A most of 0 means no maximum.
func (c *checker) count(n, least, most int, what string) {
	switch {
	case n == 0 && least > 0:
		c.add("must not be empty")
	case n < least:
		c.add("has %d %s, must have at least %d", n, what, least)
	case most > 0 && n > most:
		c.add("has %d %s, may have %d", n, what, most)
	}
}

// at calls f with seg as part of the current path.
func (c *checker) at(seg segment, f func()) {
	c.path = append(c.path, seg)
	f()
	c.path = c.path[:len(c.path)-1]
}

func (c *checker) field() string {
	var b strings.Builder
	b.WriteString(c.root)
	for _, s := range c.path {
		if s.isItem {
			fmt.Fprintf(&b, "[%d]", s.index)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(cmp.Or(s.name, `""`))
	}
	return b.String()
}

// holds reports whether v has no violations of s.
func holds(s *Schema, v reflect.Value) bool {
	c := checker{silent: true}
	c.value(s, v)
	return len(c.found) == 0
}

func (c *checker) value(s *Schema, v reflect.Value) {
	for _, part := range s.AllOf {
		c.value(part, v)
	}
	v, null := deref(v)
	if null {
		if !s.Nullable && s.Kind != Any {
			c.add("must not be null")
		}
		return
	}
	switch s.Kind {
	case String:
		c.string(s, v)
	case Number, Integer:
		c.number(s, v)
	case Boolean:
		if v.Kind() != reflect.Bool {
			c.add("must be true or false")
		}
	case Array:
		c.array(s, v)
	case Object:
		c.object(s, v)
	case Any:
		c.combined(s, v)
	}
}

func (c *checker) string(s *Schema, v reflect.Value) {
	if v.Type() == timeType {
		c.time(s, v)
		return
	}
	if v.Kind() != reflect.String || v.Type() == numberType {
		c.add("must be a string")
		return
	}
	text := v.String()
	if !utf8.ValidString(text) {
		c.unsendable("is not valid UTF-8")
		return
	}
	if s.DateTime {
		if t, _, ok := formats.DateTime(text); !ok || t.IsZero() {
			c.add("must be an RFC 3339 date and time, such as 2026-03-02T09:15:04Z")
		}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
		c.add("must be one of %s", strings.Join(s.Enum, ", "))
	}
	n := utf8.RuneCountInString(text)
	c.count(n, s.MinLength, s.MaxLength, "characters")
	if text == "" && s.MinLength > 0 {
		return // one message is enough
	}
	if s.MaxLength > 0 && n > s.MaxLength {
		text = string([]rune(text)[:s.MaxLength]) // check the pattern without the excess, which is reported already
	}
	if s.Pattern != nil && !s.Pattern().MatchString(text) {
		c.add("%s", cmp.Or(s.Explain, "does not match "+s.Pattern().String()))
	}
}

func (c *checker) time(s *Schema, v reflect.Value) {
	if !s.DateTime {
		c.add("must be a string")
		return
	}
	// A time is sent in UTC, so the year in UTC counts: 9999-12-31T23:59:59-01:00 is too late.
	switch t := v.Interface().(time.Time).UTC(); {
	case t.IsZero():
		c.unsendable("must be set: it is Go's zero time")
	case t.Year() < 0 || t.Year() > 9999:
		c.unsendable("has the year %d, may have 0 to 9999", t.Year())
	}
}

func (c *checker) number(s *Schema, v reflect.Value) {
	f, ok := float(v)
	switch {
	case !ok:
		c.add("must be a number")
		return
	case math.IsNaN(f) || math.IsInf(f, 0):
		c.unsendable("must be a finite number")
		return
	case s.Kind == Integer && f != math.Trunc(f):
		c.add("must be an integer")
	}
	if len(s.Numbers) > 0 && !slices.Contains(s.Numbers, f) {
		var list []string
		for _, n := range s.Numbers {
			list = append(list, FormatNumber(n))
		}
		c.add("must be one of %s", strings.Join(list, ", "))
	}
	if s.Min != nil && f < *s.Min {
		c.add("must be at least %s", FormatNumber(*s.Min))
	}
	if s.Max != nil && f > *s.Max {
		c.add("must be at most %s", FormatNumber(*s.Max))
	}
}

func float(v reflect.Value) (float64, bool) {
	switch {
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.Type() == numberType:
		f, err := strconv.ParseFloat(v.String(), 64)
		return f, err == nil
	}
	return 0, false
}

func (c *checker) array(s *Schema, v reflect.Value) {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		c.add("must be a list")
		return
	}
	c.count(v.Len(), s.MinItems, s.MaxItems, "items")
	for i := range v.Len() {
		if s.Items != nil {
			c.at(item(i), func() { c.value(s.Items, v.Index(i)) })
		}
	}
	if s.Unique {
		c.unique(v)
	}
}

func (c *checker) unique(v reflect.Value) {
	first := make(map[string]int, v.Len())
	for i := range v.Len() {
		k := identity(v.Index(i))
		if j, ok := first[k]; ok {
			c.at(item(i), func() { c.add("repeats item %d", j) })
			continue
		}
		first[k] = i
	}
}

// identity returns a text that is equal for equal JSON values and different for others. It compares numbers as float64,
// so 1 and 1.0 are equal, as in JSON Schema.
func identity(v reflect.Value) string {
	if v.Kind() == reflect.String && v.Type() != numberType {
		return v.String()
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return fmt.Sprintf("%p", &text) // unique: the error is reported elsewhere
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return string(text) // a number that float64 cannot hold
	}
	text, _ = json.Marshal(plain) // in the normal form
	return string(text)
}
