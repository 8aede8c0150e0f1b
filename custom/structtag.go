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

// A field is a struct field that is mapped to an attribute.
type field struct {
	goName string // including the names of the structs that embed it
	name   string // of the attribute, suffix included
	index  []int
	codec  fieldCodec

	pointer  bool
	omitZero bool // omit the zero value
	null     bool // send nil as null
}

// A FieldError is the error of one field of a struct passed to [Marshal] or [Unmarshal].
type FieldError struct {
	Field string // Go name of the field; "Order.Number" for a field of an embedded struct
	Name  string // system name of the attribute as far as the tag names it; may be empty
	Err   error  // such as "has 1025 characters, may have 1024"
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

// A layout holds the mapped fields of a struct type.
type layout struct {
	fields []field
	err    error // joins the errors of all tags
}

var layouts sync.Map // layouts by reflect.Type

func layoutOf(t reflect.Type) layout {
	if l, ok := layouts.Load(t); ok {
		return l.(layout)
	}
	r := tagReader{byName: make(map[string]string)}
	r.addStruct(t, "", nil)
	if r.errs == nil && r.untagged && !r.tagged {
		r.errs = append(r.errs, fmt.Errorf("custom: no field of %s has a tag such as kustomer:\"orderNumberStr\"", t))
	}
	l := layout{r.fields, errors.Join(r.errs...)}
	layouts.Store(t, l)
	return l
}

// A tagReader reads the tags of a struct type.
type tagReader struct {
	fields []field
	byName map[string]string // Go name of the field by attribute name
	errs   []error

	tagged, untagged bool // whether there are fields with and without a tag
}

func (r *tagReader) addStruct(t reflect.Type, prefix string, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		goName, at := prefix+f.Name, append(slices.Clone(index), i)
		tag, tagged := f.Tag.Lookup("kustomer")
		embedded := f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct
		r.tagged, r.untagged = r.tagged || tagged, r.untagged || !tagged && !embedded
		switch {
		case !tagged && misspelledTag(f.Tag) != "":
			r.errs = append(r.errs, &FieldError{goName, "", fmt.Errorf(`has the tag %s: write kustomer:"…", or add kustomer:"-" to ignore the field`, misspelledTag(f.Tag))})
		case tag == "-":
		case embedded && hasTags(f.Type, make(map[reflect.Type]bool)) && checkPlain(f.Type) != nil:
			r.errs = append(r.errs, &FieldError{goName, "", checkPlain(f.Type)})
		case embedded:
			r.addStruct(f.Type, goName+".", at)
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Pointer && hasTags(f.Type, make(map[reflect.Type]bool)):
			r.errs = append(r.errs, &FieldError{goName, "", errors.New("is an embedded pointer: embed the struct itself")})
		case tagged:
			field, err := fieldOf(f, tag)
			if err == nil {
				err = r.addName(field.name, goName)
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

// addName returns an error if another field has the same attribute.
func (r *tagReader) addName(name, goName string) error {
	if other, ok := r.byName[name]; ok {
		return fmt.Errorf("has the same attribute as the field %s", other)
	}
	r.byName[name] = goName
	return nil
}

// hasTags reports whether a struct, or one embedded in it at any depth, has a mapped field. seen holds the types
// already visited, because a struct may embed a pointer to itself.
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
		if tag, ok := f.Tag.Lookup("kustomer"); ok && tag != "-" || !ok && (misspelledTag(f.Tag) != "" || f.Anonymous && hasTags(f.Type, seen)) {
			return true
		}
	}
	return false
}

// tagPair matches a key of a tag with its value, with or without the syntax that Go requires.
var tagPair = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([\pL\d_-]+)\s*[:=]\s*("(?:[^"\\]|\\.)*"|\S*)`) })

// misspelledTag returns the part of a tag that is probably a mistyped kustomer tag: its key is one letter off, or its
// syntax is invalid. Call it only for tags without the key kustomer.
func misspelledTag(tag reflect.StructTag) string {
	if tag == "" {
		return ""
	}
	for _, p := range tagPair().FindAllStringSubmatch(string(tag), -1) {
		if p[1] == "kustomer" || nearest.OneEditAway(p[1], "kustomer") {
			return p[0]
		}
	}
	return ""
}

// fieldOf parses a tag: the name of the attribute, then, after commas, the kind and options.
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
			return out, fmt.Errorf("has the unknown word %q in its tag: use %s, omitzero or null", word, strings.Join(kinds, ", "))
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
			return out, fmt.Errorf("needs a kind in its tag because the name has no known suffix: one of %s", strings.Join(kinds, ", "))
		}
		kind = strings.ToLower(suffix)
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		out.pointer, t = true, t.Elem()
	}
	err := out.setCodec(kind, t)
	if err == nil && out.null && !out.nilable(t) {
		err = errors.New("has null in its tag but cannot be nil: make it a pointer")
	}
	if err == nil && out.null && out.omitZero {
		err = errors.New("has both null and omitzero in its tag: use one of them")
	}
	return out, err
}

// setCodec sets the codec for values of a kind in the Go type t, and completes the name of the attribute.
func (f *field) setCodec(kind string, t reflect.Type) error {
	if kind == "raw" {
		f.codec = rawCodec(t)
		if f.codec.encode == nil {
			return fmt.Errorf("has the Go type %s, but the kind raw needs custom.Value, json.RawMessage or any", t)
		}
		return checkName(f.name)
	}
	single, list := t, t.Kind() == reflect.Slice
	if list {
		single = t.Elem()
	}
	f.codec = fieldCodecFor(kind, single)
	if f.codec.encode == nil {
		return fmt.Errorf("has the Go type %s, which does not fit the kind %s", t, kind)
	}
	if err := cmp.Or(checkPlain(t), checkPlain(single)); err != nil {
		return err
	}
	name, err := completeName(f.name, f.codec.suffix)
	if f.name = name; list {
		f.codec = f.codec.list()
	}
	return err
}

// nilable reports whether a field of the type t, or a pointer to it, can be nil.
func (f *field) nilable(t reflect.Type) bool {
	return f.pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Interface
}
