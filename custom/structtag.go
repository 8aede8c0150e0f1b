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
	Name  string // system name of the attribute; empty if the tag has none
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
	var r tagReader
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
	errs   []error

	tagged, untagged bool // whether there are fields with and without a tag
}

func (r *tagReader) addStruct(t reflect.Type, prefix string, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		out := field{goName: prefix + f.Name, index: append(slices.Clone(index), i)}
		tag, tagged := f.Tag.Lookup("kustomer")
		embedded := f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct
		r.tagged, r.untagged = r.tagged || tagged, r.untagged || !tagged && !embedded
		var err error
		switch {
		case tag == "-":
		case tagged:
			if err = out.parse(f, tag); err == nil {
				err = r.add(out)
			}
		case misspelledTag(f.Tag) != "":
			err = fmt.Errorf(`has the tag %s: write kustomer:"…", or add kustomer:"-" to ignore the field`, misspelledTag(f.Tag))
		case embedded && (!hasTags(f.Type) || checkPlain(f.Type) == nil):
			r.addStruct(f.Type, out.goName+".", out.index)
		case embedded:
			err = checkPlain(f.Type)
		case f.Anonymous && hasTags(f.Type):
			err = errors.New("is an embedded pointer: embed the struct itself")
		}
		if err != nil {
			r.errs = append(r.errs, &FieldError{out.goName, out.name, err})
		}
	}
}

// add adds a field. It returns an error if another field has the same attribute.
func (r *tagReader) add(f field) error {
	for _, other := range r.fields {
		if other.name == f.name {
			return fmt.Errorf("has the same attribute as the field %s", other.goName)
		}
	}
	r.fields = append(r.fields, f)
	return nil
}

// hasTags reports whether a struct, or one embedded in it at any depth, has a mapped field. t can also be a pointer to a
// struct. outer holds the types that embed t, because a struct may embed a pointer to itself.
func hasTags(t reflect.Type, outer ...reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(outer, t) {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("kustomer")
		embeds := f.Anonymous && hasTags(f.Type, append(outer, t)...)
		if tagged && tag != "-" || !tagged && (embeds || misspelledTag(f.Tag) != "") {
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
	for _, p := range tagPair().FindAllStringSubmatch(string(tag), -1) {
		if p[1] == "kustomer" || nearest.OneEditAway(p[1], "kustomer") {
			return p[0]
		}
	}
	return ""
}

// parse parses a tag: the name of the attribute, then, after commas, the kind and options.
func (f *field) parse(sf reflect.StructField, tag string) error {
	words := strings.Split(tag, ",")
	kind := ""
	f.name = words[0]
	for _, word := range words[1:] {
		switch {
		case word == "omitzero":
			f.omitZero = true
		case word == "null":
			f.null = true
		case !slices.Contains(kinds, word):
			return fmt.Errorf("has the unknown word %q in its tag: use %s, omitzero or null", word, strings.Join(kinds, ", "))
		case kind != "":
			return fmt.Errorf("has two kinds in its tag: %s and %s", kind, word)
		default:
			kind = word
		}
	}
	if !sf.IsExported() {
		return errors.New("is not exported")
	}
	if kind == "" {
		kind = strings.ToLower(suffixOf(f.name))
	}
	if kind == "" {
		return fmt.Errorf("needs a kind in its tag because the name has no known suffix: one of %s", strings.Join(kinds, ", "))
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		f.pointer, t = true, t.Elem()
	}
	if err := f.setCodec(kind, t); err != nil || !f.null {
		return err
	}
	switch {
	case !f.pointer && t.Kind() != reflect.Slice && t.Kind() != reflect.Interface:
		return errors.New("has null in its tag but cannot be nil: make it a pointer")
	case f.omitZero:
		return errors.New("has both null and omitzero in its tag: use one of them")
	}
	return nil
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
	single := t
	if t.Kind() == reflect.Slice {
		single = t.Elem()
	}
	f.codec = fieldCodecFor(kind, single)
	if f.codec.encode == nil {
		return fmt.Errorf("has the Go type %s, which does not fit the kind %s", t, kind)
	}
	if err := cmp.Or(checkPlain(t), checkPlain(single)); err != nil {
		return err
	}
	if single != t {
		f.codec = f.codec.list()
	}
	var err error
	f.name, err = completeName(f.name, f.codec.suffix)
	return err
}
