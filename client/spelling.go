package client

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// encoding/json takes the last of the names that differ in case alone, here the field's own name has to win. So what it
// decodes has to be looked through for other spellings of the names that fields have, which is almost all that this costs:
// there are none.

// spellings are the names of all fields that a type has below it, in JSON, found by length and first letter.
type spellings [32][32][]string

var knownNames sync.Map // of reflect.Type to *spellings

func namesBelow(t reflect.Type) *spellings {
	if known, ok := knownNames.Load(t); ok {
		return known.(*spellings)
	}
	all := new(spellings)
	all.add(t, nil)
	knownNames.Store(t, all)
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
		last := bytes.IndexByte(body, ':') - 1
		if last < 0 {
			return false
		}
		rest := body[last+2:]
		for last > 0 && body[last] <= ' ' {
			last--
		}
		if last > 0 && body[last] == '"' { // otherwise the colon is in a text
			first := last - 1
			for first >= 0 && body[first] != '"' {
				first--
			}
			if name := body[first+1 : last]; len(name) > 0 && n.otherwise(name) {
				return true
			}
		}
		body = rest
	}
}

func (n *spellings) otherwise(name []byte) bool {
	list := n[len(name)&31][name[0]&31]
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
