package custom

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kustomer-go/kustomer/internal/nearest"
)

// A field is one field of a struct that is mapped to an attribute.
type field struct {
	goName string // with the names of the structs that it is embedded in
	name   string // of the attribute, suffix included
	index  []int
	form   form

	pointer  bool
	omitZero bool // the zero value is not sent
	null     bool // nil is sent as null
}

// A FieldError says what is wrong with one field of a struct that [Marshal] or [Unmarshal] was given.
type FieldError struct {
	Field string // Go name of the field, as "Order.Number" for one of an embedded struct
	Name  string // system name of the attribute, as far as the tag says; may be empty
	Err   error  // what is wrong, as "has 1025 characters, may have 1024"
}

// Error names the field and the attribute.
func (e *FieldError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("field %s %v", e.Field, e.Err)
	}
	return fmt.Sprintf("field %s (custom attribute %q) %v", e.Field, e.Name, e.Err)
}

// Unwrap returns Err.
func (e *FieldError) Unwrap() error { return e.Err }

// A layout is what the tags of a struct type say.
type layout struct {
	fields []field
	err    error // all that is wrong with them
}

var layouts sync.Map // of layout, by reflect.Type

func layoutOf(t reflect.Type) layout {
	if l, ok := layouts.Load(t); ok {
		return l.(layout)
	}
	r := reader{byName: make(map[string]string)}
	r.structOf(t, "", nil)
	if r.errs == nil && r.untagged && !r.tagged {
		r.errs = append(r.errs, fmt.Errorf("custom: no field of %s has a tag such as kustomer:\"orderNumberStr\"", t))
	}
	l := layout{r.fields, errors.Join(r.errs...)}
	layouts.Store(t, l)
	return l
}

// A reader reads the tags of a struct type.
type reader struct {
	fields []field
	byName map[string]string // Go name of the field, by attribute
	errs   []error

	tagged, untagged bool // whether there are fields with a tag, and without
}

func (r *reader) structOf(t reflect.Type, prefix string, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		goName, at := prefix+f.Name, append(slices.Clone(index), i)
		tag, tagged := f.Tag.Lookup("kustomer")
		embedded := f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct
		r.tagged, r.untagged = r.tagged || tagged, r.untagged || !tagged && !embedded
		switch {
		case !tagged && misspelt(f.Tag) != "":
			r.errs = append(r.errs, &FieldError{goName, "", fmt.Errorf(`has the tag %s, and kustomer:"…" is probably meant: write that, or kustomer:"-" as well to leave the field out`, misspelt(f.Tag))})
		case tag == "-":
		case embedded && hasTags(f.Type, make(map[reflect.Type]bool)) && checkPlain(f.Type) != nil:
			r.errs = append(r.errs, &FieldError{goName, "", checkPlain(f.Type)})
		case embedded:
			r.structOf(f.Type, goName+".", at)
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Pointer && hasTags(f.Type, make(map[reflect.Type]bool)):
			r.errs = append(r.errs, &FieldError{goName, "", errors.New("is an embedded pointer: embed the struct itself")})
		case tagged:
			field, err := fieldOf(f, tag)
			if err == nil {
				err = r.first(field.name, goName)
			}
			if err != nil {
				r.errs = append(r.errs, &FieldError{goName, field.name, err})
				continue
			}
			field.goName, field.index = goName, at
			r.fields = append(r.fields, field)
		}
	}
}

// first refuses a second field for an attribute.
func (r *reader) first(name, goName string) error {
	if other, ok := r.byName[name]; ok {
		return fmt.Errorf("is for the same attribute as the field %s", other)
	}
	r.byName[name] = goName
	return nil
}

// hasTags reports whether a struct, or one that is embedded in it at any depth, has a field that is mapped. seen are those
// that were looked at: a struct may embed a pointer to itself.
func hasTags(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return false
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, ok := f.Tag.Lookup("kustomer"); ok && tag != "-" || !ok && (misspelt(f.Tag) != "" || f.Anonymous && hasTags(f.Type, seen)) {
			return true
		}
	}
	return false
}

// pair is a key of a tag with its value, in the form that Go reads and in others.
var pair = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([\pL\d_-]+)\s*[:=]\s*("(?:[^"\\]|\\.)*"|\S*)`) })

// misspelt returns the part of a tag that was probably meant for this package: its key is one slip away, or the right one in a
// tag that Go cannot read. There is none in a tag with the key kustomer, which is not for this function.
func misspelt(tag reflect.StructTag) string {
	if tag == "" {
		return ""
	}
	for _, p := range pair().FindAllStringSubmatch(string(tag), -1) {
		if p[1] == "kustomer" || nearest.OneSlip(p[1], "kustomer") {
			return p[0]
		}
	}
	return ""
}

// fieldOf reads one tag: the attribute's name, and after commas its kind, if the name does not say it, and options.
func fieldOf(f reflect.StructField, tag string) (field, error) {
	words := strings.Split(tag, ",")
	name, kind := words[0], ""
	out := field{name: name}
	for _, word := range words[1:] {
		switch {
		case word == "omitzero":
			out.omitZero = true
		case word == "null":
			out.null = true
		case !slices.Contains(kinds, word):
			return out, fmt.Errorf("has %q in its tag: known are %s, omitzero and null", word, strings.Join(kinds, ", "))
		case kind != "":
			return out, fmt.Errorf("has two kinds in its tag: %s and %s", kind, word)
		default:
			kind = word
		}
	}
	if !f.IsExported() {
		return out, errors.New("is not exported")
	}
	if kind == "" {
		suffix := suffixOf(name)
		if suffix == "" {
			return out, fmt.Errorf("needs a kind in its tag, for the name has no suffix that tells it: one of %s", strings.Join(kinds, ", "))
		}
		kind = strings.ToLower(suffix)
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		out.pointer, t = true, t.Elem()
	}
	err := out.shape(kind, t)
	if err == nil && out.null && !out.nilable(t) {
		err = errors.New("has null in its tag, but no nil that it could stand for: make it a pointer")
	}
	if err == nil && out.null && out.omitZero {
		err = errors.New("has both null and omitzero in its tag: a nil is either sent or not")
	}
	return out, err
}

// shape finds the form of values of that kind in the Go type t, and completes the attribute's name.
func (f *field) shape(kind string, t reflect.Type) error {
	if kind == "raw" {
		f.form = rawForm(t)
		if f.form.write == nil {
			return fmt.Errorf("is of the Go type %s, and one of the kind raw is a custom.Value, json.RawMessage or any", t)
		}
		return checkName(f.name)
	}
	single, list := t, t.Kind() == reflect.Slice
	if list {
		single = t.Elem()
	}
	f.form = formOf(kind, single)
	if f.form.write == nil {
		return fmt.Errorf("is of the Go type %s, which holds no value of the kind %s", t, kind)
	}
	if err := cmp.Or(checkPlain(t), checkPlain(single)); err != nil {
		return err
	}
	name, err := complete(f.name, f.form.suffix)
	if f.name = name; list {
		f.form = f.form.list()
	}
	return err
}

// nilable reports whether a field of the type t, or a pointer to it, can be nil.
func (f *field) nilable(t reflect.Type) bool {
	return f.pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Interface
}
