package client

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// spellings are the names of all fields below a type, in JSON and with their quotes, by how they end.
//
// encoding/json takes the last of the names that differ in case alone, though the field's own name has to win. So each
// body that it decodes is searched for other spellings. There are almost never any.
type spellings [256][]string

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
		quoted := `"` + name + `"`
		if like := &n[ending([]byte(quoted))]; !slices.Contains(*like, quoted) {
			*like = append(*like, quoted)
		}
		n.add(t.Field(i).Type, append(above, t))
	}
}

// ending returns a hash of how a quoted name ends, the same for both cases of a letter.
func ending(quoted []byte) uint8 {
	end := quoted[max(len(quoted)-4, 0):]
	return end[0] | 0x20 + 5*(end[1]|0x20) + 25*(end[len(end)-2]|0x20)
}

// spelledOtherwise reports whether body, which is JSON, may have a name that differs from one of them in case alone. It runs
// for each response, so it looks a name up by its end, without looking for its beginning.
func (n *spellings) spelledOtherwise(body []byte) bool {
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
		if end > 3 && body[end-1] == '"' && otherwise(n[ending(body[:end])], body[:end]) { // else it is in a text
			return true
		}
	}
}

// otherwise reports whether the name at the end of body may differ from a known one in case alone, and is none of them.
func otherwise(known []string, body []byte) bool {
	like := false
	for _, k := range known {
		begin := len(body) - len(k)
		if begin < 0 || body[begin] != '"' {
			continue // longer or shorter
		}
		if string(body[begin:]) == k {
			return false
		}
		like = like || strings.EqualFold(string(body[begin:]), k)
	}
	for i := len(body) - 2; !like && i >= 0 && body[i] != '"'; i-- {
		like = body[i] == '\\' || body[i] >= utf8.RuneSelf // such as \u0069d; some letters beyond ASCII fold to k and s
	}
	return like
}
