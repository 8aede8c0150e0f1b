package client

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// spellings are the names of all fields below a type, in JSON, by length and first letter.
//
// encoding/json takes the last of the names that differ in case alone, though the field's own name has to win. So each
// body that it decodes is looked through for other spellings. There are almost never any.
type spellings [32][32][]string

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
		if list := n.like([]byte(name)); !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
		n.add(t.Field(i).Type, append(above, t))
	}
}

// like returns the list of the names that name may be another spelling of.
func (n *spellings) like(name []byte) *[]string {
	return &n[len(name)&31][name[0]&31] // which of a letter is the same in either case
}

// spelledOtherwise reports whether body, which is JSON, may have a name that differs from one of them in case alone.
func (n *spellings) spelledOtherwise(body []byte) bool {
	for {
		colon := bytes.IndexByte(body, ':')
		if colon < 0 {
			return false
		}
		end := colon
		for end > 0 && body[end-1] <= ' ' {
			end--
		}
		if end > 1 && body[end-1] == '"' { // else it is in a text
			name := body[bytes.LastIndexByte(body[:end-1], '"')+1 : end-1]
			if len(name) > 0 && n.otherwise(name) {
				return true
			}
		}
		body = body[colon+1:]
	}
}

func (n *spellings) otherwise(name []byte) bool {
	list := *n.like(name)
	for _, known := range list {
		if string(name) == known {
			return false
		}
	}
	for _, c := range name {
		if c == '\\' || c >= utf8.RuneSelf {
			return true // such as \u0069d; some letters beyond ASCII are equal to k and s but for their case
		}
	}
	return slices.ContainsFunc(list, func(known string) bool { return strings.EqualFold(known, string(name)) })
}
