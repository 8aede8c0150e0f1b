package client

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/custom"
)

// decodesItself reports whether a type has its own UnmarshalJSON.
func decodesItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

// fields are the JSON names of the fields of a struct, by index. "" is a field that is not in JSON. They are nil for a struct that
// is decoded as a whole, because it embeds another or uses the option string.
type fields []string

var knownFields sync.Map // of reflect.Type to fields

// fieldsOf returns the JSON names of a struct's fields. They are cached, because reading tags is slow.
func fieldsOf(t reflect.Type) fields {
	if known, ok := knownFields.Load(t); ok {
		return known.(fields)
	}
	names := make(fields, t.NumField())
	for i := range names {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" && options == "", !f.IsExported() && !f.Anonymous:
			continue
		case name == "" && f.Anonymous, strings.Contains(options, "string"):
			names = nil
		}
		if names == nil {
			break
		}
		names[i] = cmp.Or(name, f.Name)
	}
	knownFields.Store(t, names)
	return names
}

// find returns the index of the field with the name, or else of one whose name differs only in case, or -1.
func (f fields) find(name string) (i int, exact bool) {
	if i := slices.Index(f, name); i >= 0 && name != "" {
		return i, true
	}
	return slices.IndexFunc(f, func(other string) bool { return other != "" && strings.EqualFold(other, name) }), false
}

// jsonKind returns the type of the JSON value that begins with b, in words.
func jsonKind(b byte) string {
	switch b {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// goKind returns the type of JSON value that a Go type accepts, in words.
func goKind(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "a date and time"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "an object"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Bool:
		return "a boolean"
	case t.Kind() == reflect.String:
		return "a string"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		return "an integer"
	}
	return "a number"
}

// wholeNumber reads integers in any notation, such as 3.0 and 30e-1.
var wholeNumber = custom.Int("whole")

// setInteger sets an integer to a number in a notation that json.Unmarshal refuses.
func setInteger(v reflect.Value, raw json.RawMessage) bool {
	var value custom.Value
	if !v.CanInt() || value.UnmarshalJSON(raw) != nil {
		return false
	}
	i, state, err := wholeNumber.Get(custom.Attributes{wholeNumber.Name(): value})
	if err != nil || state != custom.StateSet || v.OverflowInt(i) {
		return false
	}
	v.SetInt(i)
	return true
}

// errCase reports that encoding/json may have confused two names that differ only in case.
var errCase = errors.New("a name differs from the one expected only in case")

// unmarshal is [json.Unmarshal], but returns an error if a name differs from a known one only in case.
func unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if err == nil && namesBelow(reflect.TypeOf(v)).hasOtherCase(body) {
		return errCase
	}
	return err
}

// fieldNames are the JSON names of all fields below a type, by their length.
//
// If names differ only in case, encoding/json takes the last one, but the exact name must win. So each body that it has decoded
// is searched for names in another case. There are almost never any.
type fieldNames map[int][]string

var knownNames sync.Map // of reflect.Type to fieldNames

func namesBelow(t reflect.Type) fieldNames {
	if known, ok := knownNames.Load(t); ok {
		return known.(fieldNames)
	}
	names := fieldNames{}
	names.add(t, nil)
	knownNames.Store(t, names)
	return names
}

func (n fieldNames) add(t reflect.Type, parents []reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || decodesItself(t) || slices.Contains(parents, t) {
		return
	}
	for i, name := range fieldsOf(t) {
		if name == "" {
			continue
		}
		if !slices.Contains(n[len(name)], name) {
			n[len(name)] = append(n[len(name)], name)
		}
		n.add(t.Field(i).Type, append(parents, t))
	}
}

// hasOtherCase reports whether a JSON body may have a name that differs from a known one only in case. It runs for each
// response, so it looks at the text before each colon only. Such a text may also be a part of a value.
func (n fieldNames) hasOtherCase(body []byte) bool {
	for found := true; found; {
		var before []byte
		before, body, found = bytes.Cut(body, []byte{':'})
		name, quoted := bytes.CutSuffix(bytes.TrimRight(before, " \t\r\n"), []byte{'"'})
		if name = name[bytes.LastIndexByte(name, '"')+1:]; quoted && found && n.inOtherCase(name) {
			return true
		}
	}
	return false
}

func (n fieldNames) inOtherCase(name []byte) bool {
	like := false
	for _, known := range n[len(name)] {
		if known == string(name) {
			return false
		}
		like = like || strings.EqualFold(known, string(name))
	}
	for _, c := range name {
		like = like || c == '\\' || c >= utf8.RuneSelf // an escape such as \u0069d, or one of the letters beyond ASCII that fold to k and s
	}
	return like
}
