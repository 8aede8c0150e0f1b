package client

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/custom"
)

var unmarshalerType = reflect.TypeFor[json.Unmarshaler]()

// decodesItself reports whether a type has its own UnmarshalJSON.
func decodesItself(t reflect.Type) bool {
	known, ok := knownDecoders.Load(t)
	if !ok {
		known = reflect.PointerTo(t).Implements(unmarshalerType)
		knownDecoders.Store(t, known)
	}
	return known.(bool)
}

var knownDecoders sync.Map // of reflect.Type to bool; a cache, because Implements is slow

// fields are the JSON names of the fields of a struct, by index. "" is a field without a name.
type fields []string

var knownFields sync.Map // of reflect.Type to fields

// fieldsOf returns the JSON names of a struct's fields. They are cached, because reading tags is slow.
func fieldsOf(t reflect.Type) fields {
	if known, ok := knownFields.Load(t); ok {
		return known.(fields)
	}
	names := make(fields, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if names[i] == "-" {
			names[i] = ""
		}
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
	switch {
	case t == timeType:
		return "a date and time"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "an object"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Bool:
		return "a boolean"
	case t.Kind() == reflect.String:
		return "a string"
	case t.Kind() == reflect.Int:
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

// nameTable holds the quoted JSON names of all fields below a type, by a hash of their end.
//
// Of names that differ only in case, encoding/json takes the last one, but the exact name must win. So each body that it has
// decoded is searched for names in another case. There are almost never any.
type nameTable [256][]string

var knownNames sync.Map // of reflect.Type to *nameTable

func namesBelow(t reflect.Type) *nameTable {
	if known, ok := knownNames.Load(t); ok {
		return known.(*nameTable)
	}
	all := new(nameTable)
	all.add(t, nil)
	knownNames.Store(t, all)
	return all
}

func (n *nameTable) add(t reflect.Type, parents []reflect.Type) {
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
		quoted := `"` + name + `"`
		if like := &n[endHash([]byte(quoted))]; !slices.Contains(*like, quoted) {
			*like = append(*like, quoted)
		}
		n.add(t.Field(i).Type, append(parents, t))
	}
}

// endHash returns a hash of the end of a quoted name. Letters of both cases have the same hash.
func endHash(quoted []byte) uint8 {
	end := quoted[max(len(quoted)-4, 0):]
	return end[0] | 0x20 + 5*(end[1]|0x20) + 25*(end[len(end)-2]|0x20)
}

// hasOtherCase reports whether a JSON body may have a name that differs from a known one only in case. It runs for each
// response, so it looks up a name by its end, which is before a colon, and does not search for its beginning.
func (n *nameTable) hasOtherCase(body []byte) bool {
	for at := 0; ; {
		colon := bytes.IndexByte(body[at:], ':')
		if colon < 0 {
			return false
		}
		end := at + colon
		at = end + 1
		for end > 0 && body[end-1] <= ' ' {
			end--
		}
		if end > 3 && body[end-1] == '"' && differsInCase(n[endHash(body[:end])], body[:end]) { // otherwise the colon is in a text
			return true
		}
	}
}

// differsInCase reports whether the name at the end of body is not a known one, but may differ from one only in case.
func differsInCase(known []string, body []byte) bool {
	like := false
	for _, k := range known {
		begin := len(body) - len(k)
		if begin < 0 || body[begin] != '"' {
			continue // of another length
		}
		if string(body[begin:]) == k {
			return false
		}
		like = like || strings.EqualFold(string(body[begin:]), k)
	}
	for i := len(body) - 2; !like && i >= 0 && body[i] != '"'; i-- {
		like = body[i] == '\\' || body[i] >= utf8.RuneSelf // an escape such as \u0069d, or one of the letters beyond ASCII that fold to k and s
	}
	return like
}
