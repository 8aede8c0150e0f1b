package client

import (
	"bytes"
	"reflect"
	"slices"
	"sync"
	"unicode/utf8"
)

// spellings are the names of all fields below a type, in JSON and with their quotes, by how they end.
//
// encoding/json takes the last of the names that differ in case alone, though the field's own name has to win. So each
// body that it decodes is looked through for other spellings. There are almost never any, and each call pays for the
// look: what is right has to be seen at once.
type spellings [512][][]byte

var knownSpellings sync.Map // of reflect.Type to *spellings

func spellingsOf(t reflect.Type) *spellings {
	if known, ok := knownSpellings.Load(t); ok {
		return known.(*spellings)
	}
	all := new(spellings)
	all.add(t, nil)
	knownSpellings.Store(t, all)
	return all
}

func (n *spellings) add(t reflect.Type, above []reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || decodesItself(t) || slices.Contains(above, t) {
		return
	}
	for i, name := range fieldsOf(t) {
		if name == "" {
			continue
		}
		quoted := []byte(`"` + name + `"`)
		list := n.endingAs(quoted)
		if !slices.ContainsFunc(*list, func(other []byte) bool { return bytes.Equal(other, quoted) }) {
			*list = append(*list, quoted)
		}
		n.add(t.Field(i).Type, append(above, t))
	}
}

// endingAs returns the list of names for the last three bytes of one and its quote, whatever their case. A name of two
// letters has its first quote among them; no field has a shorter one.
func (n *spellings) endingAs(quoted []byte) *[][]byte {
	end := quoted[len(quoted)-4:]
	return &n[uint(end[0]&31)^uint(end[1]&31)<<2^uint(end[2]&31)<<4]
}

// spelledOtherwise reports whether body, which is JSON, may have a name that differs from one of them in case alone.
func (n *spellings) spelledOtherwise(body []byte) bool {
	// An escape may stand for a letter, and these two are equal to s and k but for their case.
	odd := bytes.IndexByte(body, '\\') >= 0 || bytes.Contains(body, []byte("ſ")) || bytes.Contains(body, []byte("\u212a"))
	for {
		colon := bytes.IndexByte(body, ':')
		if colon < 0 {
			return false
		}
		end := colon
		for end > 0 && body[end-1] <= ' ' {
			end--
		}
		if end > 4 && body[end-1] == '"' && n.otherwise(body[:end], odd) { // else it is in a text, or shorter than a name
			return true
		}
		body = body[colon+1:]
	}
}

// otherwise is spelledOtherwise for the name that before ends with.
func (n *spellings) otherwise(before []byte, odd bool) bool {
	list := *n.endingAs(before)
	for _, known := range list {
		if bytes.HasSuffix(before, known) {
			return false
		}
	}
	if len(list) == 0 && !odd {
		return false
	}
	name := before[max(bytes.LastIndexByte(before[:len(before)-1], '"'), 0):]
	if odd && slices.ContainsFunc(name, func(c byte) bool { return c == '\\' || c >= utf8.RuneSelf }) {
		return true
	}
	return slices.ContainsFunc(list, func(known []byte) bool { return bytes.EqualFold(known, name) })
}
